"""One position of a convolution taken apart: window, kernel, products, channel sums, bias, total."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cnnviz.ops.padding import check_padding, padding_source
from cnnviz.ops.window import WindowAxis, window_axes

Sources = tuple[int | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ConvolutionStep:
    """The parts of one output value of a convolution; every tensor in float64."""

    first_channel: int
    """The input channel that `window[0]` shows; above 0 in later groups."""
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    """Where the taps lie on the input, outside it in the padding."""
    source_rows: Sources
    source_columns: Sources
    """The input positions read there; None where padding puts a zero."""
    padded: Tensor
    """(kh, kw), True where the tap lies outside the image."""
    window: Tensor
    """(C/groups, kh, kw)"""
    kernel: Tensor
    """(C/groups, kh, kw)"""
    products: Tensor
    """(C/groups, kh, kw)"""
    channel_sums: Tensor
    """(C/groups,)"""
    bias: float
    total: float


def convolution_step(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    channel: int,
    y: int,
    column: int,
    *,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
    padding_mode: str = "zeros",
) -> ConvolutionStep:
    """Output `channel` of a (C, H, W) image at row `y` and `column`, step by step.

    Raises:
        UserError: settings that make no window.
    """
    vertical, horizontal = window_axes(weight.shape[-2:], stride, padding, dilation)
    height, width = x.shape[-2:]
    check_padding(height, (vertical.before, vertical.after), padding_mode)
    check_padding(width, (horizontal.before, horizontal.after), padding_mode)
    source_rows = tap_sources(vertical, y, height, padding_mode)
    source_columns = tap_sources(horizontal, column, width, padding_mode)
    per_group = weight.shape[1]
    first = channel // (weight.shape[0] // groups) * per_group
    window = gather_window(x[first : first + per_group], source_rows, source_columns)
    kernel = weight[channel].detach().double()
    products = window * kernel
    channel_sums = products.sum((1, 2))
    offset = 0.0 if bias is None else float(bias[channel])
    rows, columns = tuple(vertical.positions(y)), tuple(horizontal.positions(column))
    padded = padding_mask(rows, columns, height, width)
    return ConvolutionStep(
        first,
        rows,
        columns,
        source_rows,
        source_columns,
        padded,
        window,
        kernel,
        products,
        channel_sums,
        offset,
        float(channel_sums.sum()) + offset,
    )


def tap_sources(line: WindowAxis, unit: int, length: int, mode: str = "zeros") -> Sources:
    """Return the input position that each tap of a unit reads, None where a zero stands."""
    return tuple(padding_source(position, length, mode) for position in line.positions(unit))


def gather_window(x: Tensor, rows: Sources, columns: Sources, empty: float = 0.0) -> Tensor:
    """Return the window (…, kh, kw) of an image (…, H, W) in float64, `empty` where a row or column is None."""
    seen = x[..., [row or 0 for row in rows], :][..., [column or 0 for column in columns]].detach().double()
    missing = torch.tensor([[row is None or column is None for column in columns] for row in rows])
    return seen.masked_fill(missing.to(x.device), empty)


def padding_mask(rows: tuple[int, ...], columns: tuple[int, ...], height: int, width: int) -> Tensor:
    """(kh, kw), True where a tap lies outside an image of `height` by `width`."""
    inside = [[0 <= row < height and 0 <= column < width for column in columns] for row in rows]
    return ~torch.tensor(inside)
