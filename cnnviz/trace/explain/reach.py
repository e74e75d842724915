"""Which units an input pixel reaches, exactly: connections followed forwards, gaps included."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.average_pool import adaptive_bounds
from cnnviz.ops.padding import source
from cnnviz.ops.response_norm import neighbours
from cnnviz.ops.window import WindowAxis
from cnnviz.trace.record import LayerRecord, Trace

Mask = Tensor
"""Whether a unit is reached: (C, H, W) or (F,), or one channel (1, H, W) where all are alike."""


def reached_units(trace: Trace, name: str, pixel: tuple[int, int]) -> Tensor:
    """Whether each unit of row `name` depends on the pixel in (row, column), of the row's shape.

    Raises:
        UserError: `reach_pixel` outside the image, `reach_unknown` where an operation cannot be followed.
    """
    height, width = trace.input_shape[1:]
    if not (0 <= pixel[0] < height and 0 <= pixel[1] < width):
        raise UserError("reach_pixel", row=pixel[0], column=pixel[1], height=height, width=width)
    start = torch.zeros(1, height, width, dtype=torch.bool)
    start[0, pixel[0], pixel[1]] = True
    masks: dict[str, Mask] = {"input": start}
    for record in _before(trace, name):
        rule = RULES.get(record.operation)
        if rule is None:
            raise UserError("reach_unknown", layer=record.name, kind=record.kind)
        masks[record.name] = rule(record, tuple(masks[source] for source in record.inputs))
    return masks[name].expand(trace[name].shape)


def _before(trace: Trace, name: str) -> list[LayerRecord]:
    """The rows that `name` was made from, itself last, in order of execution."""
    needed, rows = {name}, []
    for record in reversed(trace.layers):
        if record.name in needed:
            needed.update(record.inputs)
            rows.append(record)
    return rows[::-1]


def window_matrix(line: WindowAxis, length: int, units: int, mode: str = "zeros") -> Tensor:
    """(units, length): 1 where a unit reads a position of the axis, else 0."""
    matrix = torch.zeros(units, length)
    for unit in range(units):
        for position in line.positions(unit):
            place = source(position, length, mode)
            if place is not None:
                matrix[unit, place] = 1
    return matrix


def _seen(mask: Mask, down: Tensor, across: Tensor) -> Mask:
    return (down @ mask.float() @ across.T) > 0


def _window(record: LayerRecord, mask: Mask) -> Mask:
    s = record.settings
    _check_map(record, s["kernel_size"])
    ends, dilations = s.get("padding_end", s["padding"]), s.get("dilation", (1, 1))
    matrices = []
    for axis in range(2):
        line = WindowAxis(s["kernel_size"][axis], s["stride"][axis], s["padding"][axis], ends[axis], dilations[axis])
        matrices.append(
            window_matrix(
                line, record.input_shapes[0][1 + axis], record.shape[1 + axis], s.get("padding_mode", "zeros")
            )
        )
    return _seen(mask, *matrices)


def _check_map(record: LayerRecord, window: tuple[int, ...]) -> None:
    """Raise if a window does not slide over the height and width of (C, H, W)."""
    if len(window) != 2 or len(record.shape) != 3 or len(record.input_shapes[0]) != 3:
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)


def _convolution(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    mask, groups = masks[0], int(record.settings["groups"])
    if len(mask) == 1 or groups == 1:
        return _window(record, mask.any(0, keepdim=True))
    by_group = _window(record, mask.unflatten(0, (groups, -1)).any(1))
    return by_group.repeat_interleave(record.shape[0] // groups, 0)


def _pool(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    return _window(record, masks[0])


def _adaptive_pool(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    _check_map(record, record.settings["output_size"])
    matrices = []
    for length, units in zip(record.input_shapes[0][1:], record.shape[1:], strict=True):
        matrix = torch.zeros(units, length)
        for unit in range(units):
            matrix[unit, slice(*adaptive_bounds(unit, units, length))] = 1
        matrices.append(matrix)
    return _seen(masks[0], *matrices)


def _same(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    return masks[0]


def _join(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    total = masks[0]
    for mask in masks[1:]:
        total = total | mask
    return total


def _concatenation(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    if record.settings["dim"] != 1:
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)
    shapes = record.input_shapes
    return torch.cat([mask.expand(shape) for mask, shape in zip(masks, shapes, strict=True)])


def _response_norm(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    mask, channels = masks[0], record.shape[0]
    if len(mask) == 1:
        return mask
    size = int(record.settings["size"])
    near = (neighbours(channel, size, channels) for channel in range(channels))
    return torch.stack([mask[list(others)].any(0) for others in near])


def _linear(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    mask = masks[0].expand(record.input_shapes[0])
    if "dims" in record.settings or len(record.shape) != mask.dim():
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)
    return mask.any(-1, keepdim=True).expand(record.shape)


def _view(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    return masks[0].expand(record.input_shapes[0]).reshape(record.shape)


def _mean(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    shape = record.input_shapes[0]
    if len(shape) != 3 or tuple(record.settings["dims"]) != (2, 3):
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)
    return masks[0].expand(shape).flatten(1).any(1).reshape(record.shape)


RULES: Mapping[str, Callable[[LayerRecord, tuple[Mask, ...]], Mask]] = MappingProxyType(
    {
        "conv": _convolution,
        "pool": _pool,
        "adaptive_pool": _adaptive_pool,
        "pointwise": _join,
        "identity": _same,
        "batch_norm": _same,
        "local_response_norm": _response_norm,
        "cat": _concatenation,
        "view": _view,
        "linear": _linear,
        "reduction": _mean,
    }
)
