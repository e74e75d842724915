"""The integral of ∂f/∂x from a baseline to the image by trapezoids, halved where they miss.

Along a straight line a network of rectifiers is linear in pieces: its slope jumps, hundreds of times and mostly in
a few places, which equal steps meet only by chance. Between two points the rise of f is known, so each trapezoid
tells by itself how much of it its two slopes miss.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from cnnviz.attribution.method import Given
from cnnviz.attribution.methods.enough import AIM
from cnnviz.attribution.question import memory_at_hand
from cnnviz.attribution.record import Completeness

FIRST_PANELS = 64
MOST_POINTS = 2048
LEAST_HALVED, MOST_HALVED = 8, 64
"""Panels of one round."""
SHARE_HALVED = 0.5
"""Of what the panels miss, how much those halved in a round make up."""
LOOSE = 0.25
"""What the panels may miss each for itself, added up without cancelling, as a fraction of f(x) − f(x′)."""
PATIENCE = 512
"""Points after which only the sum counts, in which the misses cancel."""


def halved(given: Given, asked: int) -> tuple[Tensor, int]:
    """(x − x′) · ∫ ∂f/∂x and the number of points, of which each is one gradient: `asked`, or as many as it takes.

    Enough are those with which the sum misses f(x) − f(x′) by less than 1 %, and the panels by less than a quarter
    when nothing cancels (up to 512 points); at most 2048, and no more than a quarter of the free memory holds. The
    same number of points is always the same points.
    """
    way = given.image - given.baseline
    most = min(asked or MOST_POINTS, max(FIRST_PANELS, memory_at_hand() // (4 * way.numel())))
    slopes: list[Tensor] = []
    places = values = rates = torch.empty(0, dtype=torch.float64)
    new = torch.linspace(0, 1, min(FIRST_PANELS + 1, most), dtype=torch.float64)
    while True:
        given.f.expected = given.f.passed + len(new)
        for part in new.tensor_split(math.ceil(len(new) / given.f.batch)):
            value, slope = given.f.gradient(given.baseline + part.to(given.image).view(-1, 1, 1, 1) * way)
            slopes.append(slope)
            values = torch.cat((values, value.cpu().double()))
            rates = torch.cat((rates, torch.einsum("nchw,chw->n", slope, way[0]).cpu().double()))
        places = torch.cat((places, new))
        order = places.argsort()
        widths = places[order].diff()
        missed = widths * _between(rates[order]) - values[order].diff()
        if len(places) >= most or (not asked and _enough(given, missed, len(places))):
            break
        worst = missed.abs().argsort(descending=True, stable=True)
        sums = missed.abs()[worst].cumsum(0)
        count = 1 + int((sums < SHARE_HALVED * sums[-1]).sum())
        count = min(max(count, LEAST_HALVED), MOST_HALVED, most - len(places))
        chosen = worst[:count].sort().values
        new = _between(places[order])[chosen]
    weights = torch.empty_like(places)
    weights[order] = (torch.nn.functional.pad(widths, (1, 0)) + torch.nn.functional.pad(widths, (0, 1))) / 2
    return _weighted(slopes, weights.to(way)) * way[0], len(places)


def _between(numbers: Tensor) -> Tensor:
    """The mean of each number and the next."""
    return (numbers[1:] + numbers[:-1]) / 2


def _enough(given: Given, missed: Tensor, points: int) -> bool:
    reached = Completeness(given.difference + float(missed.sum()), given.difference, points)
    close = points >= PATIENCE or float(missed.abs().sum()) <= max(LOOSE * abs(given.difference), given.rounding)
    return close and reached.within(AIM, given.rounding)


def _weighted(slopes: Sequence[Tensor], weights: Tensor) -> Tensor:
    """Σ weight · slope, (C, H, W), of slopes that came in parts."""
    total = torch.zeros_like(slopes[0][0])
    for part, mine in zip(slopes, weights.split([len(part) for part in slopes]), strict=True):
        total += torch.einsum("n,nchw->chw", mine, part)
    return total
