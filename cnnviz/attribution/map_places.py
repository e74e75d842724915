"""The ninths of an image in which the positive and the negative values of a map lie."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

NINTHS = ("top_left", "top", "top_right", "left", "middle", "right", "bottom_left", "bottom", "bottom_right")
"""The image cut in three by three, row by row."""
MOST_PLACES = 3
"""Ninths beyond which values count as spread over the whole image."""
MOSTLY = 0.5
"""Part of one sign's total that its places must hold at least."""
SLIGHT = 0.02
"""Part of all magnitudes below which one sign counts as hardly there."""


@dataclass(frozen=True, slots=True)
class SignPlaces:
    """The places of the values of one sign."""

    part: float
    """Of all magnitudes, in [0, 1]."""
    names: tuple[str, ...]
    """Of `NINTHS`, those with the most first; empty where the values are spread over the whole image."""
    share: float
    """Of this sign's total that lies in them, in [0, 1]."""

    @property
    def slight(self) -> bool:
        """Return whether hardly any value has this sign."""
        return self.part < SLIGHT


@dataclass(frozen=True, slots=True)
class MapPlaces:
    """The places of a map's positive and negative values."""

    positive: SignPlaces
    negative: SignPlaces


def find_places(values: Tensor) -> MapPlaces | None:
    """Return the places of a map (h, w); None for one of fewer than three rows or columns, or of zeros alone.

    A cell belongs to the ninth in which its centre lies; values that are no finite numbers count as 0.

    >>> corner = torch.zeros(6, 6)
    >>> corner[0, 0], corner[5, 5] = 3, -1
    >>> found = find_places(corner)
    >>> found.positive.names, found.positive.part, found.negative.names
    (('top_left',), 0.75, ('bottom_right',))
    """
    height, width = values.shape
    finite = torch.nan_to_num(values.double(), nan=0.0, posinf=0.0, neginf=0.0)
    total = float(finite.abs().sum())
    if min(height, width) < 3 or total == 0:
        return None
    rows, columns = (3 * (2 * torch.arange(size) + 1) // (2 * size) for size in (height, width))
    ninth = (3 * rows[:, None] + columns[None]).flatten()
    sums = [
        torch.zeros(len(NINTHS), dtype=torch.float64).index_add_(0, ninth, part.clamp_min(0).flatten())
        for part in (finite, -finite)
    ]
    return MapPlaces(*(_sign_places(one, total) for one in sums))


def _sign_places(sums: Tensor, total: float) -> SignPlaces:
    own = float(sums.sum())
    order = sums.argsort(descending=True, stable=True).tolist()
    for count in range(1, MOST_PLACES + 1):
        held = float(sums[order[:count]].sum())
        if own and held >= MOSTLY * own:
            return SignPlaces(own / total, tuple(NINTHS[place] for place in order[:count]), held / own)
    return SignPlaces(own / total, (), 0.0)
