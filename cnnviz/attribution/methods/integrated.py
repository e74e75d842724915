"""Gradients gathered on the way from a baseline to the image: shares that add up to f(x) − f(x′)."""

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from cnnviz.attribution.method import Found, Given, Method
from cnnviz.attribution.methods.enough import FIRST_STEPS, MOST_STEPS, told
from cnnviz.attribution.methods.halving import halved
from cnnviz.attribution.option import Option
from cnnviz.attribution.random_draws import generator_of
from cnnviz.attribution.record import Completeness
from cnnviz.errors import Refusal

RULES = ("gauss-legendre", "halving")


def integrated_gradients(given: Given) -> Found:
    """(x − x′) · ∫ ∂f/∂x along the straight line: by Gauss-Legendre, or by trapezoids halved where they miss.

    With `steps` 0 as many points as bring the completeness error below 1 %: 32 of Gauss-Legendre, and where those
    miss it, trapezoids; where the slope at an end of the way is no number, more of Gauss-Legendre, which has no
    point there.

    Raises:
        Refusal: `attribution_not_finite` where halving was asked for and a slope is no number.
    """
    rule, asked = str(given.options["rule"]), int(given.options["steps"])
    if rule == "gauss-legendre":
        steps = asked or FIRST_STEPS
        given.f.expected = given.f.passed + steps
        found = told(given, _integrate(given, steps), steps, rule=rule)
        if asked or not found.notes:
            return found
    by_halving = halved(given, asked)
    if by_halving is not None:
        return by_halving
    if rule == "halving":
        raise Refusal("attribution_not_finite")
    given.f.expected = given.f.passed + MOST_STEPS
    return told(given, _integrate(given, MOST_STEPS), MOST_STEPS, rule=rule)


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
    "integrated-gradients",
    integrated_gradients,
    lambda options, shape: 2 + (int(options["steps"]) or 512),
    "Sundararajan, Taly & Yan 2017, arXiv:1703.01365",
    uses_baseline=True,
    batches=True,
    adds_up=True,
    options=(Option("steps", 0, low=8, high=2048, automatic=True), Option("rule", RULES[0], choices=RULES)),
)
GRADIENT_SHAP = Method(
    "gradient-shap",
    gradient_shap,
    lambda options, shape: 2 + int(options["samples"]),
    "Lundberg & Lee 2017, arXiv:1705.07874; Erion et al. 2021, arXiv:1906.10670",
    uses_baseline=True,
    batches=True,
    stochastic=True,
    adds_up=True,
    options=(Option("samples", 64, low=2, high=2048), Option("noise", 0.05, low=0, high=1)),
)
