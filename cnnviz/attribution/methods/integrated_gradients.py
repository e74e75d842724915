"""Integrated Gradients and GradientSHAP: gradients along paths from a baseline to the image."""

import math

import torch
from captum.attr import GradientShap, IntegratedGradients
from torch import Tensor

from cnnviz.attribution.base import Method, MethodInput, MethodResult
from cnnviz.attribution.methods.adaptive_trapezoid import integrate_adaptively
from cnnviz.attribution.methods.convergence import FIRST_STEPS, MOST_STEPS, path_result
from cnnviz.attribution.methods.gradients import NOISE, noise_deviation
from cnnviz.attribution.result import Completeness
from cnnviz.attribution.seeded_random import SeededNumpyRandom
from cnnviz.errors import UserError
from cnnviz.options import Choice, Option, Real, Whole

RULES = ("gauss-legendre", "halving")


def integrated_gradients(inputs: MethodInput) -> MethodResult:
    """Return (x − x′) · ∫ ∂f/∂x along the straight line, by Gauss-Legendre or by the adaptive trapezoid rule.

    With `steps` 0 as many points as bring the completeness error below 1 %: 32 of Gauss-Legendre, and if those
    miss it, trapezoids; if the gradient at an end of the path is not finite, more of Gauss-Legendre, which has no
    point there.

    Raises:
        UserError: `attribution_not_finite` if halving was asked for and a gradient is not finite.
    """
    rule, asked = str(inputs.options["rule"]), int(inputs.options["steps"])
    if rule == "gauss-legendre":
        steps = asked or FIRST_STEPS
        inputs.f.images_expected = inputs.f.images_done + steps
        found = path_result(inputs, _integrate(inputs, steps), steps, rule=rule)
        if asked or not found.notes:
            return found
    by_halving = integrate_adaptively(inputs, asked)
    if by_halving is not None:
        return by_halving
    if rule == "halving":
        raise UserError("attribution_not_finite")
    inputs.f.images_expected = inputs.f.images_done + MOST_STEPS
    return path_result(inputs, _integrate(inputs, MOST_STEPS), MOST_STEPS, rule=rule)


def _integrate(inputs: MethodInput, steps: int) -> Tensor:
    parts = math.ceil(steps / inputs.batch_size)  # of one size: what one needs in memory, the next one finds
    values: Tensor = IntegratedGradients(inputs.f).attribute(
        inputs.image, inputs.baseline, n_steps=steps, internal_batch_size=math.ceil(steps / parts)
    )
    return values[0]


def gradient_shap(inputs: MethodInput) -> MethodResult:
    """Return the mean of (x + noise − x′) · ∂f/∂x at random points between baseline and noisy image."""
    samples, draws = int(inputs.options["samples"]), SeededNumpyRandom(inputs.seed)
    explainer = GradientShap(inputs.f)
    explainer.gradient_func = draws.paused(explainer.gradient_func)
    # torch draws whole sixteens alike, however they are cut
    at_once = inputs.batch_size - inputs.batch_size % 16 or inputs.batch_size
    total = torch.zeros_like(inputs.image[0])
    for first in range(0, samples, at_once):
        count = min(at_once, samples - first)
        with draws:
            values = explainer.attribute(inputs.image, inputs.baseline, n_samples=count, stdevs=noise_deviation(inputs))
        total += values[0].detach() * (count / samples)
    return MethodResult(total, Completeness(float(total.double().sum()), inputs.difference, samples))


INTEGRATED_GRADIENTS = Method(
    "integrated-gradients",
    integrated_gradients,
    "IntegratedGradients",
    "IntegratedGradients({model}).attribute(\n"
    '    image, torch.from_numpy(archive["baseline"]), {target}n_steps={steps}, method="gausslegendre"\n)[0]',
    lambda options, shape: 2 + (int(options["steps"]) or 512),
    "Sundararajan, Taly & Yan 2017, arXiv:1703.01365",
    uses_baseline=True,
    batches=True,
    adds_up=True,
    corrected="sometimes",
    options=(Option("steps", Whole(8, 2048, automatic=0), 0), Option("rule", Choice(RULES), RULES[0])),
)
GRADIENT_SHAP = Method(
    "gradient-shap",
    gradient_shap,
    "GradientShap",
    "GradientShap({model}).attribute(\n"
    f'    image, torch.from_numpy(archive["baseline"]), {{target}}n_samples={{samples}}, stdevs={NOISE}\n)[0]',
    lambda options, shape: 2 + int(options["samples"]),
    "Lundberg & Lee 2017, arXiv:1705.07874; Erion et al. 2021, arXiv:1906.10670",
    uses_baseline=True,
    batches=True,
    stochastic=True,
    adds_up=True,
    options=(Option("samples", Whole(2, 2048), 64), Option("noise", Real(0, 1, digits=None), 0.05)),
)
