"""Average pooling, and the mean over everything."""

from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.max_pool import pool_axes, with_overhang
from cnnviz.ops.padding import pad
from cnnviz.ops.window import WindowAxis, pair, window_taps


def average_pool2d(
    x: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """(…, H, W) -> the mean of each window (…, H', W'); zeros of the padding count unless told not to.

    Raises:
        UserError: `op_pool_padding`, `op_divisor`, or settings that make no window.
    """
    check_divisor(divisor_override)
    rows, columns = pool_axes(kernel_size, stride, padding)
    height, width = rows.units(x.shape[-2], ceil_mode), columns.units(x.shape[-1], ceil_mode)
    padded = pad(x, with_overhang(rows, x.shape[-2], height), with_overhang(columns, x.shape[-1], width))
    total = x.new_zeros(*x.shape[:-2], height, width)
    for _, _, seen in window_taps(rows, columns, height, width):
        total += padded[(..., *seen)]
    if divisor_override is not None:
        return total / divisor_override
    down, across = (
        [divisor_along(line, unit, length, count_include_pad) for unit in range(units)]
        for line, length, units in ((rows, x.shape[-2], height), (columns, x.shape[-1], width))
    )
    return total / torch.outer(torch.tensor(down), torch.tensor(across)).to(x)


def check_divisor(divisor: int | None) -> None:
    """Raise unless `divisor` is None or can divide.

    Raises:
        UserError: `op_divisor`.
    """
    if divisor == 0:
        raise UserError("op_divisor")


def divisor_along(line: WindowAxis, unit: int, length: int, count_include_pad: bool) -> int:
    """Return how many positions of one axis a unit divides by; what rounding up added never counts."""
    first = unit * line.stride - line.before
    last = min(first + line.kernel, length + line.after)
    return last - first if count_include_pad else min(last, length) - max(first, 0)


def global_average_pool(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C): the mean of each map."""
    return x.sum((-2, -1)) / (x.shape[-2] * x.shape[-1])


def adaptive_bounds(unit: int, units: int, length: int) -> tuple[int, int]:
    """First position and one past the last that a unit of adaptive pooling sees: ⌊i·n/m⌋ to ⌈(i + 1)·n/m⌉."""
    return unit * length // units, -(-(unit + 1) * length // units)


def adaptive_average_pool2d(x: Tensor, output_size: Any) -> Tensor:
    """(…, H, W) -> means (…, *output_size), whatever the size of the input; None keeps an axis."""
    height, width = (asked or length for asked, length in zip(pair(output_size), x.shape[-2:], strict=True))
    lines = []
    for y in range(height):
        top, bottom = adaptive_bounds(y, height, x.shape[-2])
        bounds = [adaptive_bounds(column, width, x.shape[-1]) for column in range(width)]
        means = [x[..., top:bottom, left:right].mean((-2, -1)) for left, right in bounds]
        lines.append(torch.stack(means, -1))
    return torch.stack(lines, -2)
