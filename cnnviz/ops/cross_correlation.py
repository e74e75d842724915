"""Cross-correlation, which networks call convolution: a window slides, multiplies and sums."""

from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.padding import pad, pad_axis
from cnnviz.ops.window import window_axes, window_axis, window_taps


def cross_correlation2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """(N, C, H, W) seen through kernels (O, C/groups, kh, kw): (N, O, H', W'), as torch's Conv2d gives it.

    Raises:
        UserError: settings that make no window, or channels that the groups do not divide.
    """
    check_groups(x.shape[1], weight, groups)
    rows, columns = window_axes(weight.shape[-2:], stride, padding, dilation)
    height, width = rows.units(x.shape[-2]), columns.units(x.shape[-1])
    padded = pad(x, rows, columns, padding_mode).unflatten(1, (groups, -1))
    kernels = weight.unflatten(0, (groups, -1))
    total = x.new_zeros(x.shape[0], groups, kernels.shape[1], height, width)
    for row, column, seen in window_taps(rows, columns, height, width):
        total += torch.einsum("ngchw,goc->ngohw", padded[(..., *seen)], kernels[..., row, column])
    return _biased(total.flatten(1, 2), bias)


def cross_correlation1d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int = 1,
    padding: Any = 0,
    dilation: int = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """(N, C, L) seen through kernels (O, C/groups, k): (N, O, L'), as torch's Conv1d gives it.

    Raises:
        UserError: settings that make no window, or channels that the groups do not divide.
    """
    check_groups(x.shape[1], weight, groups)
    line = window_axis(weight.shape[-1], stride, padding, dilation)
    length = line.units(x.shape[-1])
    padded = pad_axis(x, -1, (line.before, line.after), padding_mode).unflatten(1, (groups, -1))
    kernels = weight.unflatten(0, (groups, -1))
    total = x.new_zeros(x.shape[0], groups, kernels.shape[1], length)
    for tap in range(line.kernel):
        total += torch.einsum("ngcl,goc->ngol", padded[..., line.cut(tap, length)], kernels[..., tap])
    return _biased(total.flatten(1, 2), bias)


def check_groups(channels: int, weight: Tensor, groups: int) -> None:
    """Raise unless `groups` divides both channel counts and the kernels have channels/groups each.

    Raises:
        UserError: `op_groups` or `op_channels`.
    """
    outputs, per_group = weight.shape[:2]
    if groups < 1 or channels % groups or outputs % groups:
        raise UserError("op_groups", groups=groups, channels=channels, outputs=outputs)
    if per_group != channels // groups:
        raise UserError("op_channels", expected=channels // groups, got=per_group)


def _biased(total: Tensor, bias: Tensor | None) -> Tensor:
    return total if bias is None else total + bias.reshape(-1, *[1] * (total.dim() - 2))
