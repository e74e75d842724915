"""Pack the overlays as one message: the length of a JSON header, the header, and every tensor as float32."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnviz.ui.components.overlays.overlay_panels import BrushColour, Overlay, Stroke
from cnnviz.ui.components.payload_parts import field_values, float32_array
from cnnviz.ui.core.component_message import pack_message
from cnnviz.ui.core.component_value import is_index

SIZES = (1, 3, 5, 9)
LONGEST_PATH = 600


def pack(panels: Sequence[Overlay], header: Mapping[str, Any]) -> bytes:
    """Return `header` with the panels, then their tensors; an image that several panels share is sent once.

    Raises:
        ValueError: two panels of one name, or a tensor of a shape that cannot be drawn.
    """
    names = [panel.name for panel in panels]
    if len(set(names)) != len(names):
        raise ValueError(f"panel names must be unique, got {names}")
    tensors: list[np.ndarray] = []
    places: dict[bytes, int] = {}

    def send(array: np.ndarray) -> int:
        key = repr(array.shape).encode() + array.tobytes()
        if key not in places:
            places[key] = len(tensors)
            tensors.append(array)
        return places[key]

    specs = []
    for panel in panels:
        image = float32_array(panel.image)
        if image.ndim != 3 or image.shape[0] not in (1, 3):
            raise ValueError(f"an overlay draws over an image (1, H, W) or (3, H, W), got {image.shape}")
        values = None if panel.values is None else float32_array(panel.values)
        if values is not None and (values.ndim != 2 or not values.size):
            raise ValueError(f"an overlay draws a map (h, w), got {values.shape}")
        specs.append(
            {
                "name": panel.name,
                "title": panel.title or panel.name,
                "note": panel.note,
                "remark": panel.remark,
                "signed": panel.signed,
                "field": field_values(panel.field),
                "box": panel.box,
                "image": send(image),
                "map": None if values is None else send(values),
            }
        )
    starts = np.cumsum([0, *(tensor.size for tensor in tensors)])
    laid = [{"shape": tensor.shape, "start": int(start)} for tensor, start in zip(tensors, starts, strict=False)]
    signed = any(panel.signed for panel in panels if panel.values is not None)
    whole = {**header, "panels": specs, "tensors": laid, "signed": signed}
    return pack_message(whole, *(part.tobytes() for part in tensors))


def parse_stroke(state: Mapping[str, Any], colours: Sequence[BrushColour], shape: Sequence[int]) -> Stroke | None:
    """Return the stroke that the browser sent if it lies on an image of `shape` (…, H, W), else None."""
    tool, size, path = state.get("tool"), state.get("size"), state.get("path")
    if tool in ("undo", "clear"):
        return Stroke(tool)
    if tool not in [colour.name for colour in colours] or size not in SIZES:
        return None
    if not isinstance(path, list) or not 0 < len(path) <= LONGEST_PATH:
        return None
    if not all(is_index(spot, shape[-2:]) for spot in path):
        return None
    return Stroke(tool, size, tuple((y, x) for y, x in path))
