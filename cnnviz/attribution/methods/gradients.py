"""Slopes of the target at the image: by how much each pixel would move it."""

from captum.attr import InputXGradient, NoiseTunnel, Saliency

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.options import Option, Real, Whole

RANGE = 1.0
"""Of the pixels of an image without any, for noise given as a fraction of it."""


def gradient(given: MethodInput) -> MethodResult:
    """∂f/∂x."""
    return MethodResult(Saliency(given.f).attribute(given.watched, abs=False)[0])


def input_x_gradient(given: MethodInput) -> MethodResult:
    """x · ∂f/∂x."""
    return MethodResult(InputXGradient(given.f).attribute(given.watched)[0])


def smoothgrad(given: MethodInput) -> MethodResult:
    """The mean of ∂f/∂x at copies of the image with Gaussian noise."""
    values = NoiseTunnel(Saliency(given.f)).attribute(
        given.image,
        nt_samples=int(given.options["samples"]),
        nt_samples_batch_size=given.batch,
        stdevs=noise_deviation(given),
        abs=False,
    )
    return MethodResult(values[0])


def noise_deviation(given: MethodInput) -> float:
    """The standard deviation of the noise: the option's fraction of the image's range."""
    return float(given.options["noise"]) * float(given.image.max() - given.image.min() or RANGE)


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
