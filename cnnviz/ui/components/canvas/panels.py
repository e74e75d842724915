"""Panels of a canvas: maps, an image, kernels. Tensors may be torch's or NumPy's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.trace.record import ReceptiveField

Range = tuple[float, float]


@dataclass(frozen=True)
class MapsPanel:
    """The output of a layer: a grid of maps for (C, H, W), bars for (F,) and (C, 1, 1)."""

    name: str
    """Unique in its canvas; a pin belongs to this name."""
    tensor: Any
    """float (C, H, W) or (F,), sent as float32."""
    title: str = ""
    field: ReceptiveField | None = None
    """Draws the box of a unit on the canvas's image, and marks the units that an image pixel reaches."""
    signed: bool | None = None
    """Diverging colours centred at 0; None decides by whether a value is below 0."""
    block_range: Range | None = None
    """Smallest and largest value of the block around the layer; offers the range "block"."""
    global_range: Range | None = None
    """The same over the whole network; offers the range "network"."""
    labels: Sequence[str] = ()
    """Names of the channels, such as the classes."""
    first_channel: int = 0
    """The number of the tensor's first channel in its layer."""


@dataclass(frozen=True)
class Heat:
    """Values per image pixel, (H, W), such as |∂unit/∂x|: drawn beside the image with its own legend."""

    values: Any
    title: str = ""
    signed: bool = False


@dataclass(frozen=True)
class ImagePanel:
    """The network's input, (1 or 3, H, W), uint8 or float; shows the field of the unit under the pointer."""

    name: str
    image: Any
    title: str = ""
    value_range: Range | None = None
    """What is drawn black and white; (0, 255) for uint8 and (0, 1) for float unless given."""
    heat: Heat | None = None


@dataclass(frozen=True)
class FiltersPanel:
    """Kernels, (O, I, kh, kw); 1×1 kernels and (O, I) weights are one picture, O by I."""

    name: str
    weights: Any
    title: str = ""


Panel = MapsPanel | ImagePanel | FiltersPanel
