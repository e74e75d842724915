"""Gradients of the target with respect to the image: saliency, input times gradient, SmoothGrad."""

from captum.attr import InputXGradient, NoiseTunnel, Saliency

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.options import Option, Real, Whole

RANGE = 1.0
"""The range assumed for a constant image, of which the noise is a fraction."""


def gradient(inputs: MethodInput) -> MethodResult:
    """Return ∂f/∂x."""
    return MethodResult(Saliency(inputs.f).attribute(inputs.differentiable_image, abs=False)[0])


def input_x_gradient(inputs: MethodInput) -> MethodResult:
    """Return x · ∂f/∂x."""
    return MethodResult(InputXGradient(inputs.f).attribute(inputs.differentiable_image)[0])


def smoothgrad(inputs: MethodInput) -> MethodResult:
    """Return the mean of ∂f/∂x over copies of the image with Gaussian noise."""
    values = NoiseTunnel(Saliency(inputs.f)).attribute(
        inputs.image,
        nt_samples=int(inputs.options["samples"]),
        nt_samples_batch_size=inputs.batch_size,
        stdevs=noise_deviation(inputs),
        abs=False,
    )
    return MethodResult(values[0])


def noise_deviation(inputs: MethodInput) -> float:
    """Return the standard deviation of the noise: the option's fraction of the image's range."""
    return float(inputs.options["noise"]) * float(inputs.image.max() - inputs.image.min() or RANGE)


NOISE = "{noise} * float(image.max() - image.min() or 1)"
"""The same in exported Python."""
GRADIENT = Method(
    "gradient",
    gradient,
    "Saliency",
    "Saliency({model}).attribute(image, {target}abs=False)[0]",
    lambda options, shape: 1,
    "Simonyan, Vedaldi & Zisserman 2014, arXiv:1312.6034",
    slopes=True,
)
INPUT_X_GRADIENT = Method(
    "input-x-gradient",
    input_x_gradient,
    "InputXGradient",
    "InputXGradient({model}).attribute(image, {target})[0]",
    lambda options, shape: 1,
    "Shrikumar et al. 2016, arXiv:1605.01713",
)
SMOOTHGRAD = Method(
    "smoothgrad",
    smoothgrad,
    "NoiseTunnel",
    "NoiseTunnel(Saliency({model})).attribute(\n"
    f"    image, nt_samples={{samples}}, stdevs={NOISE}, {{target}}abs=False\n)[0]",
    lambda options, shape: 1 + int(options["samples"]),
    "Smilkov et al. 2017, arXiv:1706.03825",
    slopes=True,
    batches=True,
    stochastic=True,
    options=(Option("samples", Whole(2, 1024), 32), Option("noise", Real(0, 1, digits=None), 0.15)),
)
