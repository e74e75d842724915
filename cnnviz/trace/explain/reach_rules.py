"""Rules by which an operation passes on the units that an input pixel reaches, gaps included.

Each takes a row and the mask of each of its inputs, and returns the mask of its output: True where a unit is reached,
(C, H, W) or (F,), or one channel (1, H, W) where all are alike.
"""

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.average_pool import adaptive_bounds
from cnnviz.ops.padding import padding_source
from cnnviz.ops.response_norm import neighbours
from cnnviz.ops.window import WindowAxis
from cnnviz.trace.record import LayerRecord

Mask = Tensor


def reach_matrix(line: WindowAxis, length: int, units: int, mode: str = "zeros") -> Tensor:
    """Return a matrix (units, length): 1 where a unit reads a position of the axis, else 0."""
    matrix = torch.zeros(units, length)
    for unit in range(units):
        for position in line.positions(unit):
            place = padding_source(position, length, mode)
            if place is not None:
                matrix[unit, place] = 1
    return matrix


def _spread_mask(mask: Mask, down: Tensor, across: Tensor) -> Mask:
    return (down @ mask.float() @ across.T) > 0


def _window(record: LayerRecord, mask: Mask) -> Mask:
    s = record.settings
    _check_map(record, s["kernel_size"])
    ends, dilations = s.get("padding_end", s["padding"]), s.get("dilation", (1, 1))
    matrices = []
    for axis in range(2):
        line = WindowAxis(s["kernel_size"][axis], s["stride"][axis], s["padding"][axis], ends[axis], dilations[axis])
        matrices.append(
            reach_matrix(line, record.input_shapes[0][1 + axis], record.shape[1 + axis], s.get("padding_mode", "zeros"))
        )
    return _spread_mask(mask, *matrices)


def _check_map(record: LayerRecord, window: tuple[int, ...]) -> None:
    """Raise if a window does not slide over the height and width of (C, H, W)."""
    if len(window) != 2 or len(record.shape) != 3 or len(record.input_shapes[0]) != 3:
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)


def convolution(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of a convolution: every channel of a group reads the windows of all its input channels."""
    mask, groups = masks[0], int(record.settings["groups"])
    if len(mask) == 1 or groups == 1:
        return _window(record, mask.any(0, keepdim=True))
    by_group = _window(record, mask.unflatten(0, (groups, -1)).any(1))
    return by_group.repeat_interleave(record.shape[0] // groups, 0)


def pool(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of a pool: every channel reads its own windows."""
    return _window(record, masks[0])


def adaptive_pool(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of an adaptive pool: every channel reads the cells that its output size needs."""
    _check_map(record, record.settings["output_size"])
    matrices = []
    for length, units in zip(record.input_shapes[0][1:], record.shape[1:], strict=True):
        matrix = torch.zeros(units, length)
        for unit in range(units):
            matrix[unit, slice(*adaptive_bounds(unit, units, length))] = 1
        matrices.append(matrix)
    return _spread_mask(masks[0], *matrices)


def unchanged(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of an operation on each value: every unit reads the one in its place."""
    return masks[0]


def union(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of several inputs: every unit reads those in its place, in any of them."""
    total = masks[0]
    for mask in masks[1:]:
        total = total | mask
    return total


def concatenation(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of a concatenation: the inputs side by side on the channels."""
    if record.settings["dim"] != 1:
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)
    shapes = record.input_shapes
    return torch.cat([mask.expand(shape) for mask, shape in zip(masks, shapes, strict=True)])


def response_norm(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of response normalization: every unit reads its neighbouring channels in its place."""
    mask, channels = masks[0], record.shape[0]
    if len(mask) == 1:
        return mask
    size = int(record.settings["size"])
    near = (neighbours(channel, size, channels) for channel in range(channels))
    return torch.stack([mask[list(others)].any(0) for others in near])


def linear(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of a dense layer: every unit reads all features."""
    mask = masks[0].expand(record.input_shapes[0])
    if "dims" in record.settings or len(record.shape) != mask.dim():
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)
    return mask.any(-1, keepdim=True).expand(record.shape)


def view(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of another shape of the same units."""
    return masks[0].expand(record.input_shapes[0]).reshape(record.shape)


def mean(record: LayerRecord, masks: tuple[Mask, ...]) -> Mask:
    """Return the reach of a mean over the map: every unit reads its whole channel."""
    shape = record.input_shapes[0]
    if len(shape) != 3 or tuple(record.settings["dims"]) != (2, 3):
        raise UserError("reach_unknown", layer=record.name, kind=record.kind)
    return masks[0].expand(shape).flatten(1).any(1).reshape(record.shape)
