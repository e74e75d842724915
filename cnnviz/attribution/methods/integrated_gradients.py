"""Gradients gathered on the way from a baseline to the image: shares that add up to f(x) − f(x′)."""

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


def integrated_gradients(given: MethodInput) -> MethodResult:
    """(x − x′) · ∫ ∂f/∂x along the straight line: by Gauss-Legendre, or by trapezoids halved where they miss.

    With `steps` 0 as many points as bring the completeness error below 1 %: 32 of Gauss-Legendre, and where those
    miss it, trapezoids; where the slope at an end of the way is no number, more of Gauss-Legendre, which has no
    point there.

    Raises:
        UserError: `attribution_not_finite` where halving was asked for and a slope is no number.
    """
    rule, asked = str(given.options["rule"]), int(given.options["steps"])
    if rule == "gauss-legendre":
        steps = asked or FIRST_STEPS
        given.f.expected = given.f.passed + steps
        found = path_result(given, _integrate(given, steps), steps, rule=rule)
        if asked or not found.notes:
            return found
    by_halving = integrate_adaptively(given, asked)
    if by_halving is not None:
        return by_halving
    if rule == "halving":
        raise UserError("attribution_not_finite")
    given.f.expected = given.f.passed + MOST_STEPS
    return path_result(given, _integrate(given, MOST_STEPS), MOST_STEPS, rule=rule)


def _integrate(given: MethodInput, steps: int) -> Tensor:
    parts = math.ceil(steps / given.batch)  # of one size: what one needs in memory, the next one finds
    values: Tensor = IntegratedGradients(given.f).attribute(
        given.image, given.baseline, n_steps=steps, internal_batch_size=math.ceil(steps / parts)
    )
    return values[0]


def gradient_shap(given: MethodInput) -> MethodResult:
    """The mean of (x + noise − x′) · ∂f/∂x at points drawn between baseline and noisy image."""
    samples, draws = int(given.options["samples"]), SeededNumpyRandom(given.seed)
    explainer = GradientShap(given.f)
    explainer.gradient_func = draws.paused(explainer.gradient_func)
    at_once = given.batch - given.batch % 16 or given.batch  # torch draws whole sixteens alike, however they are cut
    total = torch.zeros_like(given.image[0])
    for first in range(0, samples, at_once):
        count = min(at_once, samples - first)
        with draws:
            values = explainer.attribute(given.image, given.baseline, n_samples=count, stdevs=noise_deviation(given))
        total += values[0].detach() * (count / samples)
    return MethodResult(total, Completeness(float(total.double().sum()), given.difference, samples))


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
