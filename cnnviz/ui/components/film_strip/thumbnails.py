"""Small pictures of a layer's output: its first maps, a byte a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

MOST_MAPS = 6
MOST_PIXELS = 20
"""Along each side of a small map; larger ones are averaged down to it."""
MOST_VALUES = 120
"""Of a vector."""


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A few maps or values of one output, scaled by their largest magnitude."""

    shape: tuple[int, int, int]
    """(maps, height, width); a vector is maps of one pixel."""
    signed: bool
    """Whether a value is below zero: then 0 is the middle of the colours, else their end."""
    values: bytes
    """int8, 127 for the largest magnitude."""

    @property
    def num_bytes(self) -> int:
        """The bytes that it takes."""
        return len(self.values)


def thumbnail(output: Tensor) -> Thumbnail:
    """Return the small picture of an output, (C, H, W) or (F,)."""
    import torch

    if output.ndim == 3:
        maps = output[:MOST_MAPS].float()
        height, width = (min(side, MOST_PIXELS) for side in maps.shape[1:])
        maps = torch.nn.functional.adaptive_avg_pool2d(maps, (height, width))
    else:
        maps = output.flatten()[:MOST_VALUES].float()[:, None, None]
    largest = float(maps.abs().max()) or 1.0
    scaled = (maps * (127 / largest)).round().nan_to_num().clamp(-127, 127).to(torch.int8)
    count, height, width = scaled.shape
    return Thumbnail((count, height, width), bool((scaled < 0).any()), scaled.numpy().tobytes())
