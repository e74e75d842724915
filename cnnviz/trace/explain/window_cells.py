"""Windows of one channel, as an explanation holds them."""

from typing import Any

from torch import Tensor

from cnnviz.ops.convolution_step import Sources
from cnnviz.trace.explain.explanation import Grid, Index, InputWindow


def number_grid(values: Tensor) -> Grid:
    """Return a (kh, kw) tensor as rows of numbers."""
    return tuple(tuple(line) for line in values.double().tolist())


def window_cells(channel: int, rows: Sources, columns: Sources) -> tuple[tuple[Index | None, ...], ...]:
    """Return the places that a window reads in `channel`, None where there is none."""
    return tuple(
        tuple(None if row is None or column is None else (channel, row, column) for column in columns) for row in rows
    )


def padded_window(
    row: str, channel: int, rows: Sources, columns: Sources, off: Tensor, values: Tensor, **more: Any
) -> InputWindow:
    """Return a window that may reach outside: `off` (kh, kw) says where, `values` (kh, kw) what stood there."""
    where = tuple(tuple(line) for line in off.tolist())
    return InputWindow(row, window_cells(channel, rows, columns), where, number_grid(values), **more)


def inner_window(row: str, channel: int, rows: range, columns: range, values: Tensor, **more: Any) -> InputWindow:
    """Return a window without padding: `values` is (kh, kw)."""
    places = window_cells(channel, tuple(rows), tuple(columns))
    return InputWindow(row, places, tuple((False,) * len(columns) for _ in rows), number_grid(values), **more)
