"""Transposed convolution: each input value lays down a scaled kernel; a stride of ½ in the course's words."""

from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.window import pair, window_axes, window_taps


def transposed_convolution2d(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """(N, C, H, W) through kernels (C, O/groups, kh, kw): (N, O, H', W').

    H' = (H − 1)s − 2p + d(k − 1) + 1 + output padding.

    Raises:
        UserError: `op_groups`, `op_channels`, `op_output_padding` or `op_nothing_left`.
    """
    channels, per_group = weight.shape[:2]
    if x.shape[1] != channels:
        raise UserError("op_channels", expected=x.shape[1], got=channels)
    if groups < 1 or channels % groups:
        raise UserError("op_groups", groups=groups, channels=channels, outputs=per_group * max(groups, 1))
    rows, columns = window_axes(weight.shape[-2:], stride, padding, dilation)
    extras = pair(output_padding)
    for extra, line in zip(extras, (rows, columns), strict=True):
        if not 0 <= extra < max(line.stride, line.dilation):
            raise UserError("op_output_padding", got=extra, limit=max(line.stride, line.dilation))
    height, width = x.shape[-2:]
    sizes = [
        (length - 1) * line.stride + line.reach + extra
        for length, line, extra in zip((height, width), (rows, columns), extras, strict=True)
    ]
    for size, line in zip(sizes, (rows, columns), strict=True):
        if size - line.before - line.after < 1:
            raise UserError("op_nothing_left", padding=line.before, size=size)
    total = x.new_zeros(x.shape[0], groups, per_group, *sizes)
    grouped, kernels = x.unflatten(1, (groups, -1)), weight.unflatten(0, (groups, -1))
    for row, column, laid in window_taps(rows, columns, height, width):
        total[(..., *laid)] += torch.einsum("ngchw,gco->ngohw", grouped, kernels[..., row, column])
    inner = slice(rows.before, sizes[0] - rows.after), slice(columns.before, sizes[1] - columns.after)
    cropped = total[(..., *inner)].flatten(1, 2)
    return cropped if bias is None else cropped + bias[:, None, None]
