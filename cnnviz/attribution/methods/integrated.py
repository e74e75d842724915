"""Gradients gathered on the way from a baseline to the image: shares that add up to f(x) − f(x′)."""

import math
from collections.abc import Callable
from functools import cache
from types import MappingProxyType

import numpy as np
import torch
from torch import Tensor

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.option import Option
from cnnviz.attribution.random_draws import generator_of
from cnnviz.attribution.record import Completeness, Note

AIM = 0.01
"""The completeness error that steps are added for, as a fraction of f(x) − f(x′)."""
FIRST_STEPS = 32
MOST_STEPS = 512


def integrated_gradients(given: Given) -> Found:
    """(x − x′) · ∫ ∂f/∂x along the straight line, by Gauss-Legendre.

    With `steps` 0, as many points as bring the completeness error below 1 %: 32 at first, then what the error
    so far promises to be enough, at most 512.
    """
    return with_enough_steps(given, _integrate)


def with_enough_steps(given: Given, compute: Callable[[Given, int], Tensor], ends: int = 0) -> Found:
    """The map that `compute` makes with so many steps: those asked for, or as many as `AIM` takes.

    `ends` is how many images more than steps it sends through the network.
    """
    asked = int(given.options["steps"])
    steps = asked or FIRST_STEPS
    while True:
        given.f.expected = given.f.passed + steps + ends
        values = compute(given, steps)
        completeness = Completeness(float(values.double().sum()), given.difference, steps)
        if asked or completeness.within(AIM, given.rounding) or steps >= MOST_STEPS:
            break
        steps = _next_steps(steps, completeness.error)
    return Found(values, completeness, _incomplete(completeness, given.rounding), MappingProxyType({"steps": steps}))


def _integrate(given: Given, steps: int) -> Tensor:
    places, weights = (numbers.to(given.image) for numbers in _gauss_legendre(steps))
    way = given.image - given.baseline
    total = torch.zeros_like(given.image[0])
    parts = math.ceil(steps / given.f.batch)  # of one size: what one needs in memory, the next one finds
    for place, weight in zip(places.tensor_split(parts), weights.tensor_split(parts), strict=True):
        _, slopes = given.f.gradient(given.baseline + place.view(-1, 1, 1, 1) * way)
        total += torch.einsum("n,nchw->chw", weight, slopes)
    return total * way[0]


@cache
def _gauss_legendre(steps: int) -> tuple[Tensor, Tensor]:
    """Points in [0, 1] and their weights, which add up to 1."""
    places, weights = np.polynomial.legendre.leggauss(steps)
    return torch.from_numpy((places + 1) / 2), torch.from_numpy(weights / 2)


def _next_steps(steps: int, error: float) -> int:
    """How many steps to try after `steps` missed by `error`, which falls about as 1 / steps."""
    promised = steps * min(error / AIM, 16) * 1.25 if math.isfinite(error) else MOST_STEPS
    return min(MOST_STEPS, max(2 * steps, 16 * math.ceil(promised / 16)))


def _incomplete(found: Completeness, rounding: float) -> tuple[Note, ...]:
    """A note where the error is not below the aim."""
    if found.within(AIM, rounding):
        return ()
    percent = f"{100 * found.error:.3g}" if math.isfinite(found.error) else "∞"
    return (Note("incomplete", MappingProxyType({"percent": percent, "steps": found.steps})),)


def gradient_shap(given: Given) -> Found:
    """The mean of (x − x′) · ∂f/∂x at points drawn between baseline and image, with a little noise."""
    samples, draws = int(given.options["samples"]), generator_of(given.seed, "gradient-shap")
    spread = float(given.options["noise"])
    total = torch.zeros_like(given.image[0])
    for first in range(0, samples, given.f.batch):
        count = min(given.f.batch, samples - first)
        place = torch.rand((count, 1, 1, 1), generator=draws).to(given.image)
        noise = torch.randn((count, *given.image.shape[1:]), generator=draws).to(given.image)
        points = given.baseline + place * (given.image + spread * noise - given.baseline)
        _, slopes = given.f.gradient(points)
        total += slopes.sum(0)
    values = (given.image - given.baseline)[0] * total / samples
    return Found(values, Completeness(float(values.double().sum()), given.difference, samples))


INTEGRATED_GRADIENTS = Method(
    "integrated-gradients", integrated_gradients, lambda options, shape: 2 + (int(options["steps"]) or 96),
    "Sundararajan, Taly & Yan 2017, arXiv:1703.01365", uses_baseline=True, batches=True, adds_up=True,
    options=(Option("steps", 0, low=8, high=2048, automatic=True),))
GRADIENT_SHAP = Method(
    "gradient-shap", gradient_shap, lambda options, shape: 2 + int(options["samples"]),
    "Lundberg & Lee 2017, arXiv:1705.07874; Erion et al. 2021, arXiv:1906.10670", uses_baseline=True, batches=True,
    stochastic=True, adds_up=True,
    options=(Option("samples", 64, low=2, high=2048), Option("noise", 0.05, low=0, high=1)))
