"""The integral of ∂f/∂x from a baseline to the image by trapezoids, halved where they miss.

Along a straight line a network of rectifiers is linear in pieces: its slope jumps, hundreds of times and mostly in
a few places, which points that are the same for every image meet only by chance. Between two points the rise of f
is known, so each trapezoid tells by itself how much of it its two slopes miss, and how far apart they are.
"""

import math
from dataclasses import replace
from types import MappingProxyType

import torch
from torch import Tensor

from cnnviz.attribution.base import MethodInput, MethodResult
from cnnviz.attribution.methods.convergence import MAX_ERROR, path_result
from cnnviz.attribution.result import AttributionNote, Completeness
from cnnviz.attribution.score import memory_budget

FIRST_PANELS = 64
MOST_POINTS = 2048
LEAST_HALVED, MOST_HALVED = 8, 64
"""Panels of one round."""
SHARE_HALVED = 0.5
"""Of what speaks for halving a panel, how much those halved in a round make up."""
LOOSE = 0.25
"""What the panels may miss each for itself, added up without cancelling, as a fraction of f(x) − f(x′)."""
PATIENCE = 512
"""Points after which only what the sum misses counts: until then the map's own pixels do too."""
AT_ONCE = 16
"""Panels whose slopes are compared at once."""


class Panels:
    """Trapezoids over the way from a baseline to the image, one gradient at each of their ends."""

    def __init__(self, given: MethodInput, most: int) -> None:
        self._given, self._way = given, given.image - given.baseline
        self._slopes = given.image.new_empty((most, *self._way.shape[1:]))
        self._places = self._values = self._rates = torch.empty(0, dtype=torch.float64)
        places = torch.linspace(0, 1, min(FIRST_PANELS + 1, most), dtype=torch.float64)
        self._left = torch.arange(len(places) - 1)
        self._right = self._left + 1
        self._visit(places)
        self._bends = self._bend(self._left, self._right)

    @property
    def points(self) -> int:
        """How many gradients were taken."""
        return len(self._places)

    @property
    def finite(self) -> bool:
        """Whether every slope is a number."""
        return bool(self._rates.isfinite().all())

    @property
    def widths(self) -> Tensor:
        """(panels,): of the way, which is 1."""
        return self._places[self._right] - self._places[self._left]

    @property
    def missed(self) -> Tensor:
        """(panels,): each one's sum less the rise of f over it."""
        rise = self._values[self._right] - self._values[self._left]
        return self.widths * (self._rates[self._left] + self._rates[self._right]) / 2 - rise

    def halve(self, most: int) -> None:
        """Halves the panels for which most speaks, `most` at most: what they miss, and how their ends differ."""
        score = _shares(self.missed.abs())
        if self.points < PATIENCE:
            score = score + _shares(self._bends)  # pixels whose misses cancel in the sum
        worst = score.argsort(descending=True, stable=True)
        sums = score[worst].cumsum(0)
        count = 1 + int((sums < SHARE_HALVED * sums[-1]).sum())
        chosen = worst[: min(max(count, LEAST_HALVED), MOST_HALVED, most)].sort().values
        left, right = self._left[chosen], self._right[chosen]
        middle = torch.arange(self.points, self.points + len(chosen))
        self._visit((self._places[left] + self._places[right]) / 2)
        kept = torch.ones(len(self._left), dtype=torch.bool)
        kept[chosen] = False
        self._bends = torch.cat((self._bends[kept], self._bend(left, middle), self._bend(middle, right)))
        self._left = torch.cat((self._left[kept], left, middle))
        self._right = torch.cat((self._right[kept], middle, right))

    def total(self) -> Tensor:
        """(C, H, W): (x − x′) · ∫ ∂f/∂x."""
        weights = torch.zeros(self.points, dtype=torch.float64)
        for ends in (self._left, self._right):
            weights.index_add_(0, ends, self.widths / 2)
        mean = weights.to(self._way) @ self._slopes[: self.points].flatten(1)
        return mean.view(self._way.shape[1:]) * self._way[0]

    def _visit(self, places: Tensor) -> None:
        given, first = self._given, self.points
        for part in places.tensor_split(math.ceil(len(places) / given.f.batch)):
            values, slopes = given.f.gradient(given.baseline + part.to(given.image).view(-1, 1, 1, 1) * self._way)
            self._slopes[first : first + len(part)] = slopes
            first += len(part)
            self._values = torch.cat((self._values, values.cpu().double()))
            self._rates = torch.cat((self._rates, torch.einsum("nchw,chw->n", slopes, self._way[0]).cpu().double()))
        self._places = torch.cat((self._places, places))

    def _bend(self, left: Tensor, right: Tensor) -> Tensor:
        """(panels,): how far the maps of a panel's two ends are apart, times its width."""
        apart = [
            ((self._slopes[b] - self._slopes[a]) * self._way).flatten(1).norm(dim=1).cpu()
            for a, b in zip(left.split(AT_ONCE), right.split(AT_ONCE), strict=True)
        ]
        return torch.cat(apart).double() * (self._places[right] - self._places[left])


def integrate_adaptively(given: MethodInput, asked: int) -> MethodResult | None:
    """(x − x′) · ∫ ∂f/∂x by so many points, of which each is one gradient: `asked`, or as many as it takes.

    Enough are those with which the sum misses f(x) − f(x′) by less than 1 %, and the panels by less than a quarter
    when nothing cancels (up to 512 points); at most 2048, and beyond 65 no more than the memory holds, which a note
    tells. The same number of points is always the same points. None where the slope at a point is no number.
    """
    room = max(FIRST_PANELS + 1, memory_budget() // (4 * given.image.numel()))
    wanted = asked or MOST_POINTS
    most = min(wanted, room)
    given.f.expected = given.f.passed + (most if asked else 2 * FIRST_PANELS)
    panels = Panels(given, most)
    while panels.finite:
        enough = not asked and _enough(given, panels)
        if enough or panels.points >= most:
            found = replace(path_result(given, panels.total(), panels.points, rule="halving"), corrected=True)
            return found if enough or most == wanted else replace(found, notes=(*found.notes, _short(most, asked)))
        if not asked:
            given.f.expected = given.f.passed + min(panels.points, most - panels.points)
        panels.halve(most - panels.points)
    return None


def _enough(given: MethodInput, panels: Panels) -> bool:
    missed = panels.missed
    reached = Completeness(given.difference + float(missed.sum()), given.difference, panels.points)
    close = float(missed.abs().sum()) <= max(LOOSE * abs(given.difference), given.rounding)
    return (close or panels.points >= PATIENCE) and reached.within(MAX_ERROR, given.rounding)


def _short(points: int, asked: int) -> AttributionNote:
    """That the memory held no more points."""
    if asked:
        return AttributionNote("memory_asked", MappingProxyType({"points": points, "asked": asked}))
    return AttributionNote("memory", MappingProxyType({"points": points}))


def _shares(numbers: Tensor) -> Tensor:
    return numbers / numbers.sum().clamp_min(torch.finfo(numbers.dtype).tiny)
