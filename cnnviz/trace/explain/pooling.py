"""A pooled value: which cell of the window won, or what the mean divides."""

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.average_pool import adaptive_bounds, cells
from cnnviz.ops.convolution_step import gather, outside, tap_sources
from cnnviz.ops.max_pool import pool_axes
from cnnviz.ops.window import Pair, WindowAxis
from cnnviz.trace.explain.call import LayerCall
from cnnviz.trace.explain.convolution import left_out, strongest, summed
from cnnviz.trace.explain.explanation import Explanation, Fact, Index, Label, Term, Window
from cnnviz.trace.explain.grid import grid, inside, padded
from cnnviz.trace.explain.written import number, total

_WHOLE_WINDOW = 400
"""Cells of a mean that are still shown one by one."""


def explain_max_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of max pooling, its window and the cell that won."""
    channel, y, x = index
    rows, columns = pool_axes(
        call.setting("kernel_size"), call.setting("stride"), call.setting("padding", 0), call.setting("dilation", 1)
    )
    height, width = call.inputs[0].shape[-2:]
    source_rows, source_columns = tap_sources(rows, y, height), tap_sources(columns, x, width)
    values = gather(call.inputs[0][channel], source_rows, source_columns, -torch.inf)
    off = outside(tuple(rows.positions(y)), tuple(columns.positions(x)), height, width)
    window = padded(call.sources[0], channel, source_rows, source_columns, off, values, winner=_winner(values))
    padding, overhang = _missing(off, rows, columns, index, (height, width))
    notes = (Label("note.max_padding", {"cells": padding}),) if padding else ()
    return _won(call, index, window, values, (*notes, *overhang))


def explain_adaptive_max_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of adaptive max pooling."""
    rows, columns = _adaptive(call, index)
    values = call.inputs[0][index[0], rows.start : rows.stop, columns.start : columns.stop].detach().double()
    window = inside(call.sources[0], index[0], rows, columns, values, winner=_winner(values))
    return _won(call, index, window, values, ())


def explain_average_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of average pooling, with what it divides by."""
    channel, y, x = index
    rows, columns = pool_axes(call.setting("kernel_size"), call.setting("stride"), call.setting("padding", 0))
    height, width = call.inputs[0].shape[-2:]
    counted = bool(call.setting("count_include_pad", True))
    down, across = cells(rows, y, height, counted), cells(columns, x, width, counted)
    divisor = call.setting("divisor_override") or down * across
    source_rows, source_columns = tap_sources(rows, y, height), tap_sources(columns, x, width)
    values = gather(call.inputs[0][channel], source_rows, source_columns)
    off = outside(tuple(rows.positions(y)), tuple(columns.positions(x)), height, width)
    window = padded(call.sources[0], channel, source_rows, source_columns, off, values, products=grid(values / divisor))
    padding, overhang = _missing(off, rows, columns, index, (height, width))
    key = "note.average_padding_counted" if counted else "note.average_padding_left_out"
    notes: tuple[Label, ...] = ()
    if call.setting("divisor_override"):
        notes = (Label("note.average_divisor", {"divisor": divisor}),)
        key = "note.padding_zeros"
    if padding:
        notes = (Label(key, {"cells": padding, "divisor": divisor}), *notes)
    return _mean(call, index, window, values, divisor, limit, (*notes, *overhang))


def _missing(
    off: Tensor, rows: WindowAxis, columns: WindowAxis, index: Index, size: Pair
) -> tuple[int, tuple[Label, ...]]:
    """Return how many cells of a window lie in the padding, and the note on those that rounding up put beyond it."""
    down, across = (
        tuple(max(0, place - line.after) for place in line.positions(unit))
        for line, unit in zip((rows, columns), index[1:], strict=True)
    )
    beyond = outside(down, across, *size)
    count = int(beyond.sum())
    return int(off.sum()) - count, (Label("note.overhang", {"cells": count}),) if count else ()


def explain_adaptive_average_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of adaptive average pooling; of size 1 it is the mean of the map."""
    return _mean_of(call, index, *_adaptive(call, index), limit)


def explain_mean(call: LayerCall, index: Index, limit: int) -> Explanation:
    """One value of a mean over height and width.

    Raises:
        UserError: `explain_unknown` for a mean over anything else.
    """
    shape = tuple(call.inputs[0].shape)
    if len(shape) != 3 or tuple(call.output.shape) not in ((shape[0],), (shape[0], 1, 1)):
        raise UserError("explain_unknown", layer=call.name, kind=call.kind)
    return _mean_of(call, index, range(shape[1]), range(shape[2]), limit)


def _adaptive(call: LayerCall, index: Index) -> tuple[range, range]:
    sizes = zip(index[1:], call.output.shape[1:], call.inputs[0].shape[1:], strict=True)
    rows, columns = (range(*adaptive_bounds(unit, units, length)) for unit, units, length in sizes)
    return rows, columns


def _mean_of(call: LayerCall, index: Index, rows: range, columns: range, limit: int) -> Explanation:
    values = call.inputs[0][index[0], rows.start : rows.stop, columns.start : columns.stop].detach().double()
    shares = grid(values / values.numel())
    window = inside(call.sources[0], index[0], rows, columns, values, products=shares)
    return _mean(call, index, window, values, values.numel(), limit, ())


def _mean(
    call: LayerCall, index: Index, window: Window, values: Tensor, divisor: int, limit: int, notes: tuple[Label, ...]
) -> Explanation:
    fact = Fact("n", Label("fact.divisor"), divisor)
    result = float(values.sum()) / divisor
    how = Label("how.average", {"divisor": divisor})
    if values.numel() <= _WHOLE_WINDOW:
        term = Term(Label("term.window"), result, window=window)
        left = total(values.flatten().tolist()) if values.numel() <= 16 else number(float(values.sum()))
        formula = f"({left}) / {divisor} = {number(result)}"
        return call.explained(index, how, (term,), formula, facts=(fact,), notes=notes)
    shares, where = values.flatten() / divisor, [cell for line in window.cells for cell in line]
    shown = strongest(shares, limit)
    terms = tuple(_share(call, where[place], float(shares[place]), divisor) for place in shown)
    rest = left_out(shares, shown)
    return call.explained(index, how, terms, summed(terms, rest, None, result), rest=rest, facts=(fact,), notes=notes)


def _share(call: LayerCall, place: Index | None, share: float, divisor: int) -> Term:
    if place is None:
        return Term(Label("term.padding"), share)
    return Term(
        Label("term.cell", {"row": place[1], "column": place[2]}),
        share,
        call.cell(0, place),
        call.read(0, place),
        1 / divisor,
    )


def _won(call: LayerCall, index: Index, window: Window, values: Tensor, notes: tuple[Label, ...]) -> Explanation:
    row, column = window.winner or (0, 0)
    best, place = float(values[row, column]), window.cells[row][column]
    cell = None if place is None else call.cell(0, place)
    term = Term(Label("term.winner", {"row": row, "column": column}), best, cell, best, window=window)
    seen = [value for value in values.flatten().tolist() if value != -torch.inf]
    formula = f"max({', '.join(map(number, seen))}) = {number(best)}"
    return call.explained(index, Label("how.max"), (term,), formula, notes=notes)


def _winner(values: Tensor) -> tuple[int, int]:
    """The first of the largest, in reading order."""
    flat = values.flatten().tolist()
    return divmod(flat.index(max(flat)), values.shape[1])
