"""Adaptive trapezoid rule for the integral of ∂f/∂x from a baseline to the image: panels with errors are halved.

Along a straight line a ReLU network is piecewise linear: its gradient jumps, hundreds of times and mostly in a few
places, which points that are the same for every image hit only by chance. The rise of f between two points is known,
so each panel has an error estimate of its own, and the distance of its two gradients is a second one.
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
"""Panels halved in one round."""
SHARE_HALVED = 0.5
"""The share of the total error score that the panels halved in a round make up."""
LOOSE = 0.25
"""The largest sum of the panels' absolute errors, as a fraction of f(x) − f(x′)."""
PATIENCE = 512
"""Points after which only the error of the sum counts; until then that of single pixels does too."""
AT_ONCE = 16
"""Panels whose gradients are compared at once."""


class Panels:
    """Trapezoids along the path from a baseline to the image, with a gradient at each of their ends."""

    def __init__(self, inputs: MethodInput, most: int) -> None:
        self._inputs, self._way = inputs, inputs.image - inputs.baseline
        self._slopes = inputs.image.new_empty((most, *self._way.shape[1:]))
        self._places = self._values = self._rates = torch.empty(0, dtype=torch.float64)
        places = torch.linspace(0, 1, min(FIRST_PANELS + 1, most), dtype=torch.float64)
        self._left = torch.arange(len(places) - 1)
        self._right = self._left + 1
        self._visit(places)
        self._bends = self._bend(self._left, self._right)

    @property
    def points(self) -> int:
        """Return how many gradients were taken."""
        return len(self._places)

    @property
    def finite(self) -> bool:
        """Return whether every gradient is finite."""
        return bool(self._rates.isfinite().all())

    @property
    def widths(self) -> Tensor:
        """Return the width of each panel, (panels,), where the whole path is 1."""
        return self._places[self._right] - self._places[self._left]

    @property
    def missed(self) -> Tensor:
        """Return, (panels,), the integral over each by the trapezoid rule less the rise of f."""
        rise = self._values[self._right] - self._values[self._left]
        return self.widths * (self._rates[self._left] + self._rates[self._right]) / 2 - rise

    def halve(self, most: int) -> None:
        """Halve the panels with the largest error scores, `most` at most."""
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
        """Return the integral (x − x′) · ∫ ∂f/∂x, (C, H, W)."""
        weights = torch.zeros(self.points, dtype=torch.float64)
        for ends in (self._left, self._right):
            weights.index_add_(0, ends, self.widths / 2)
        mean = weights.to(self._way) @ self._slopes[: self.points].flatten(1)
        return mean.view(self._way.shape[1:]) * self._way[0]

    def _visit(self, places: Tensor) -> None:
        inputs, first = self._inputs, self.points
        for part in places.tensor_split(math.ceil(len(places) / inputs.f.batch_size)):
            values, slopes = inputs.f.gradient(inputs.baseline + part.to(inputs.image).view(-1, 1, 1, 1) * self._way)
            self._slopes[first : first + len(part)] = slopes
            first += len(part)
            self._values = torch.cat((self._values, values.cpu().double()))
            self._rates = torch.cat((self._rates, torch.einsum("nchw,chw->n", slopes, self._way[0]).cpu().double()))
        self._places = torch.cat((self._places, places))

    def _bend(self, left: Tensor, right: Tensor) -> Tensor:
        """Return, (panels,), the distance between the maps at a panel's two ends, times its width."""
        apart = [
            ((self._slopes[b] - self._slopes[a]) * self._way).flatten(1).norm(dim=1).cpu()
            for a, b in zip(left.split(AT_ONCE), right.split(AT_ONCE), strict=True)
        ]
        return torch.cat(apart).double() * (self._places[right] - self._places[left])


def integrate_adaptively(inputs: MethodInput, asked: int) -> MethodResult | None:
    """Return (x − x′) · ∫ ∂f/∂x from `asked` points with a gradient each, or from as many as needed.

    Enough are those for which the sum misses f(x) − f(x′) by less than 1 %, and the panels' absolute errors add up to
    less than a quarter of it (up to 512 points); at most 2048, and beyond 65 no more than fit into memory, which a
    note tells. The same number of points is always the same points. None if a gradient is not finite.
    """
    room = max(FIRST_PANELS + 1, memory_budget() // (4 * inputs.image.numel()))
    wanted = asked or MOST_POINTS
    most = min(wanted, room)
    inputs.f.images_expected = inputs.f.images_done + (most if asked else 2 * FIRST_PANELS)
    panels = Panels(inputs, most)
    while panels.finite:
        enough = not asked and _enough(inputs, panels)
        if enough or panels.points >= most:
            found = replace(path_result(inputs, panels.total(), panels.points, rule="halving"), corrected=True)
            return found if enough or most == wanted else replace(found, notes=(*found.notes, _short(most, asked)))
        if not asked:
            inputs.f.images_expected = inputs.f.images_done + min(panels.points, most - panels.points)
        panels.halve(most - panels.points)
    return None


def _enough(inputs: MethodInput, panels: Panels) -> bool:
    missed = panels.missed
    reached = Completeness(inputs.difference + float(missed.sum()), inputs.difference, panels.points)
    close = float(missed.abs().sum()) <= max(LOOSE * abs(inputs.difference), inputs.rounding_error)
    return (close or panels.points >= PATIENCE) and reached.within(MAX_ERROR, inputs.rounding_error)


def _short(points: int, asked: int) -> AttributionNote:
    """Return the note that no more points fit into memory."""
    if asked:
        return AttributionNote("memory_asked", MappingProxyType({"points": points, "asked": asked}))
    return AttributionNote("memory", MappingProxyType({"points": points}))


def _shares(numbers: Tensor) -> Tensor:
    return numbers / numbers.sum().clamp_min(torch.finfo(numbers.dtype).tiny)
