"""Convolution as a matrix product, in both forms: columns of windows (im2col), or one large sparse matrix."""

from itertools import product
from typing import Any

import torch
from torch import Tensor

from cnnviz.ops.convolution_step import tap_sources
from cnnviz.ops.padding import pad
from cnnviz.ops.window import window_axes, window_taps


def im2col(
    x: Tensor, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, padding_mode: str = "zeros"
) -> Tensor:
    """Return every window of (N, C, H, W) as a column: (N, C·kh·kw, H'·W').

    Raises:
        UserError: settings that make no window.
    """
    rows, columns = window_axes(kernel_size, stride, padding, dilation)
    height, width = rows.units(x.shape[-2]), columns.units(x.shape[-1])
    padded = pad(x, rows, columns, padding_mode)
    seen = [padded[(..., *cut)] for _, _, cut in window_taps(rows, columns, height, width)]
    return torch.stack(seen, 2).flatten(3).flatten(1, 2)


def convolution_by_columns(x: Tensor, weight: Tensor, **settings: Any) -> Tensor:
    """(N, C, H, W) and kernels (O, C, kh, kw) as one matrix product: (N, O, H'·W').

    Raises:
        UserError: settings that make no window.
    """
    return weight.flatten(1) @ im2col(x, weight.shape[-2:], **settings)


def convolution_matrix(
    weight: Tensor,
    size: tuple[int, int],
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    padding_mode: str = "zeros",
) -> Tensor:
    """Return the matrix (O·H'·W', C·H·W) that turns a flattened image into the flattened output: mostly zeros.

    Raises:
        UserError: settings that make no window.
    """
    rows, columns = window_axes(weight.shape[-2:], stride, padding, dilation)
    units = rows.units(size[0]), columns.units(size[1])
    outputs, channels = weight.shape[:2]
    matrix = weight.new_zeros(outputs, *units, channels, *size)
    for y, x in product(range(units[0]), range(units[1])):
        seen = product(
            enumerate(tap_sources(rows, y, size[0], padding_mode)),
            enumerate(tap_sources(columns, x, size[1], padding_mode)),
        )
        for (tap_row, row), (tap_column, column) in seen:
            if row is not None and column is not None:
                matrix[:, y, x, :, row, column] += weight[:, :, tap_row, tap_column]
    return matrix.flatten(3).flatten(0, 2)
