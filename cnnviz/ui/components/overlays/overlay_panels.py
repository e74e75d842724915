"""Panels of the overlays, side by side over one image: maps of any number of cells, and the image itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.trace.record import ReceptiveField

PixelBox = tuple[int, int, int, int]
"""Top, left, bottom, right in pixels of the image, both ends inside."""


@dataclass(frozen=True)
class Overlay:
    """One panel: a map over its image, or the image alone where `values` is None."""

    name: str
    """Unique among the panels."""
    image: Any
    """float (1 or 3, H, W) in [0, 1]: what the network saw."""
    values: Any = None
    """float (h, w), signed; cells are spread evenly over the image."""
    title: str = ""
    note: str = ""
    """A short line below the title, such as the number of cells."""
    remark: str = ""
    """A sentence below the panel: what must be known of this map."""
    signed: bool = True
    field: ReceptiveField | None = None
    """Of the layer whose cells these are: draws what the cell under the cursor sees."""
    box: PixelBox | None = None
    """Framed on the map."""


@dataclass(frozen=True)
class BrushColour:
    """A colour or tool of the brush, by name."""

    name: str
    label: str
    rgb: tuple[int, int, int]


@dataclass(frozen=True)
class Stroke:
    """One stroke of the brush as it comes from the browser, checked: pixels of the network's input."""

    tool: str
    """A `BrushColour.name`, or "undo" or "clear"."""
    size: int = 1
    path: Sequence[tuple[int, int]] = ()
    """(row, column) of the middle of the brush."""
