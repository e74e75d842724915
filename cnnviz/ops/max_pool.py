"""Max pooling: the largest value of each window and its place; no parameters, channels stay apart."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.padding import pad
from cnnviz.ops.window import WindowAxis, window_axes, window_taps


class MaxPoolOutput(NamedTuple):
    """Maxima (…, H', W') and, of each, its place y·W + x in the input."""

    values: Tensor
    indices: Tensor


def max_pool2d(
    x: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False
) -> MaxPoolOutput:
    """(…, H, W) -> maxima and their places; the padding is −∞, so it never wins; the first of equals does.

    Raises:
        UserError: `op_pool_padding`, or settings that make no window.
    """
    rows, columns = pool_axes(kernel_size, stride, padding, dilation)
    height, width = rows.units(x.shape[-2], ceil_mode), columns.units(x.shape[-1], ceil_mode)
    around = with_overhang(rows, x.shape[-2], height), with_overhang(columns, x.shape[-1], width)
    padded = pad(x, *around, value=-torch.inf)
    place = torch.arange(x.shape[-2] * x.shape[-1], device=x.device).reshape(x.shape[-2:])
    places = pad(place, *around, value=-1)
    best = x.new_full((*x.shape[:-2], height, width), -torch.inf)
    indices = torch.full(best.shape, -1, device=x.device)
    for _, _, seen in window_taps(rows, columns, height, width):
        value = padded[(..., *seen)]
        inside = places[seen] >= 0
        wins = inside & ((value > best) | value.isnan() | (indices < 0))
        best, indices = torch.where(wins, value, best), torch.where(wins, places[seen], indices)
    return MaxPoolOutput(best, indices)


def pool_axes(
    kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1
) -> tuple[WindowAxis, WindowAxis]:
    """Return the rows and columns of a pooling window; the stride defaults to the window.

    Raises:
        UserError: `op_pool_padding`, `op_positive` or `op_padding_negative`.
    """
    stride = kernel_size if stride is None or stride == () or stride == [] else stride
    rows, columns = window_axes(kernel_size, stride, padding, dilation)
    for line in (rows, columns):
        if line.before > line.kernel // 2:
            raise UserError("op_pool_padding", padding=line.before, window=line.kernel, limit=line.kernel // 2)
    return rows, columns


def with_overhang(line: WindowAxis, length: int, units: int) -> WindowAxis:
    """Return the same axis with as much padding after it as its last unit reaches, should sizes round up."""
    needed = (units - 1) * line.stride + line.reach - line.before - length
    return WindowAxis(line.kernel, line.stride, line.before, max(line.after, needed), line.dilation)
