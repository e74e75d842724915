"""Pack the canvas's panels for the browser: one JSON header, and each tensor as bytes under the hash of its content."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnviz.ui.components.canvas.panels import FiltersPanel, ImagePanel, MapsPanel, Panel, Range
from cnnviz.ui.components.payload_parts import as_array, field_values, float32_array


@dataclass(frozen=True)
class Payload:
    """The header and the tensors it names: each 32 bytes of hash in ASCII, then little-endian values."""

    header: dict[str, Any]
    blobs: dict[str, bytes]
    """By the place that a tensor has in the canvas, so that another tensor's coming moves none."""


def pack(panels: Sequence[Panel]) -> Payload:
    """Return the header and the tensors of `panels`.

    Raises:
        ValueError: two panels of one name, or a tensor of a shape that its panel cannot draw.
    """
    names = [panel.name for panel in panels]
    if len(set(names)) != len(names):
        raise ValueError(f"panel names must be unique, got {names}")
    blobs: dict[str, bytes] = {}

    sent: set[str] = set()
    specs = []
    for index, panel in enumerate(panels):

        def send(array: np.ndarray, role: str = "tensor", index: int = index) -> str:
            content = array.tobytes()
            digest = hashlib.blake2b(content, digest_size=16).hexdigest()
            if digest not in sent:
                sent.add(digest)
                blobs[f"{role}-{index}"] = digest.encode() + content
            return digest

        specs.append(_PACKERS[type(panel)](panel, send))
    return Payload({"panels": specs}, dict(sorted(blobs.items(), reverse=True)))


Send = Callable[..., str]


def _maps(panel: MapsPanel, send: Send) -> dict[str, Any]:
    values = float32_array(panel.tensor)
    if values.ndim not in (1, 3):
        raise ValueError(f"a maps panel draws (C, H, W) or (F,), got {values.shape}")
    shape = (*values.shape, 1, 1)[:3]
    signed = bool(values.size and np.nanmin(values) < 0) if panel.signed is None else panel.signed
    ranges = {"block": _pair(panel.block_range), "network": _pair(panel.global_range)}
    return {
        "kind": "maps",
        "name": panel.name,
        "title": panel.title,
        "shape": shape,
        "dims": values.shape,
        "flat": values.ndim == 1,
        "tensor": send(values),
        "signed": signed,
        "labels": list(panel.labels),
        "first": panel.first_channel,
        "field": field_values(panel.field),
        "ranges": {mode: pair for mode, pair in ranges.items() if pair},
    }


def _image(panel: ImagePanel, send: Send) -> dict[str, Any]:
    pixels = as_array(panel.image)
    if pixels.ndim != 3 or pixels.shape[0] not in (1, 3):
        raise ValueError(f"an image panel draws (1, H, W) or (3, H, W), got {pixels.shape}")
    byte = pixels.dtype == np.uint8
    low, high = panel.value_range or ((0, 255) if byte else (0, 1))
    heat = None
    if panel.heat:
        values = float32_array(panel.heat.values)
        if values.shape != pixels.shape[1:]:
            raise ValueError(f"heat must have the image's (H, W) {pixels.shape[1:]}, got {values.shape}")
        heat = {"tensor": send(values, "heat"), "title": panel.heat.title, "signed": panel.heat.signed}
    return {
        "kind": "image",
        "name": panel.name,
        "title": panel.title,
        "shape": pixels.shape,
        "dims": pixels.shape,
        "byte": byte,
        "tensor": send(np.ascontiguousarray(pixels) if byte else float32_array(pixels)),
        "low": float(low),
        "high": float(high),
        "heat": heat,
    }


def _filters(panel: FiltersPanel, send: Send) -> dict[str, Any]:
    weights = float32_array(panel.weights)
    if weights.ndim not in (2, 4):
        raise ValueError(f"a filters panel draws (O, I, kh, kw) or (O, I), got {weights.shape}")
    outputs, inputs, height, width = (*weights.shape, 1, 1)[:4]
    matrix = height == width == 1
    shape = (1, outputs, inputs) if matrix else (outputs * inputs, height, width)
    return {
        "kind": "filters",
        "name": panel.name,
        "title": panel.title,
        "shape": shape,
        "dims": weights.shape,
        "matrix": matrix,
        "filters": outputs,
        "inputs": inputs,
        "tensor": send(weights),
        "signed": True,
        "labels": [],
        "field": None,
        "ranges": {},
    }


_PACKERS: dict[type, Callable[[Any, Send], dict[str, Any]]] = {
    MapsPanel: _maps,
    ImagePanel: _image,
    FiltersPanel: _filters,
}


def _pair(pair: Range | None) -> list[float] | None:
    return None if pair is None else [float(pair[0]), float(pair[1])]
