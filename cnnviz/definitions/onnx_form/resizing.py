"""`Resize` of ONNX, where torch's interpolation computes the same."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnnviz.definitions.onnx_form.onnx_graph import BATCH, OnnxCall
from cnnviz.definitions.record import Shape

_SMOOTH = {b"linear": "bilinear", b"cubic": "bicubic"}


def resized(call: OnnxCall) -> int:
    """Add `Resize` of height and width, by constant scales or to constant sizes."""
    source = call.source()
    shape = call.graph.shape_of(source)
    for name, usual in (("antialias", 0), ("exclude_outside", 0)):
        if call.whole(name, usual) != usual:
            raise call.refuse(name)
    if call.attributes.get("keep_aspect_ratio_policy", b"stretch") != b"stretch" or len(shape) != 3:
        raise call.refuse("keep_aspect_ratio_policy")
    scales = call.constant(2)
    if scales is not None and scales.size:
        by = _last_two(call, [float(one) for one in scales.ravel()[:8]], (1.0, 1.0))
        size = _whole_sizes(call, shape, by)
    else:
        asked = call.sizes(3)
        if not isinstance(asked, tuple):
            raise call.refuse("sizes")
        size = _last_two(call, list(asked), (BATCH, shape[0]))
        by = [new / old for new, old in zip(size, shape[1:], strict=True)]
    if min(size) < 1:
        raise call.refuse("sizes")
    settings = _mode(call, by, size)
    if by[0] == by[1] and by[0] == int(by[0]):
        return call.graph.add("interpolate", (source,), scale_factor=float(by[0]), **settings)
    return call.graph.add("interpolate", (source,), size=size, **settings)


def _last_two(call: OnnxCall, numbers: list[Any], first: tuple[Any, Any]) -> Any:
    """Return the numbers of height and width; those of images and channels must leave both as they are."""
    axes = call.wholes("axes") or [0, 1, 2, 3]
    if len(numbers) != len(axes) or [axis % 4 for axis in axes] not in ([0, 1, 2, 3], [2, 3]):
        raise call.refuse("axes")
    if len(numbers) == 4 and (numbers[0] not in (first[0], 1) or numbers[1] != first[1]):
        raise call.refuse("sizes")
    if BATCH in numbers[-2:]:
        raise call.refuse("sizes")
    return tuple(numbers[-2:])


def _whole_sizes(call: OnnxCall, shape: Shape, by: tuple[float, float]) -> tuple[int, int]:
    """Return the size after scaling, which must come out even: else the scale and the ratio of sizes differ."""
    found = [side * factor if 0 < factor < 10_000 else 0.5 for side, factor in zip(shape[1:], by, strict=True)]
    if any(abs(side - round(side)) > 1e-6 * side for side in found):
        raise call.refuse("scales")
    return round(found[0]), round(found[1])


def _mode(call: OnnxCall, by: Any, size: tuple[int, int]) -> dict[str, Any]:
    """Return the settings of torch's interpolation that samples at the same places."""
    mode = call.attributes.get("mode", b"nearest")
    places = call.attributes.get("coordinate_transformation_mode", b"half_pixel")
    if mode == b"nearest":
        rounding = call.attributes.get("nearest_mode", b"round_prefer_floor")
        if places == b"asymmetric" and rounding == b"floor":
            return {"mode": "nearest"}
        never_between = all(factor >= 1 and factor == np.floor(factor) for factor in by)
        if places == b"half_pixel" and (
            rounding == b"round_prefer_ceil" or (rounding == b"round_prefer_floor" and never_between)
        ):
            return {"mode": "nearest-exact"}
        raise call.refuse("nearest_mode")
    if mode not in _SMOOTH or call.real("cubic_coeff_a", -0.75) != -0.75:
        raise call.refuse("mode")
    if places == b"align_corners":
        return {"mode": _SMOOTH[mode], "align_corners": True}
    if places == b"half_pixel" or (places == b"pytorch_half_pixel" and min(size) > 1):
        return {"mode": _SMOOTH[mode], "align_corners": False}
    raise call.refuse("coordinate_transformation_mode")
