"""A pooled value: which cell of the window won, or what the mean divides."""

import torch
from torch import Tensor

from cnnviz.ops.average_pool import adaptive_bounds, divisor_along
from cnnviz.ops.convolution_step import gather_window, padding_mask, tap_sources
from cnnviz.ops.max_pool import pool_axes
from cnnviz.ops.window import Pair, WindowAxis
from cnnviz.trace.explain.convolution import largest_magnitudes, omitted_terms, sum_formula
from cnnviz.trace.explain.explanation import Explanation, FormulaFact, Index, InputWindow, SentenceKey, Summand
from cnnviz.trace.explain.formula_text import format_number, format_sum
from cnnviz.trace.explain.layer_call import LayerCall, check_map
from cnnviz.trace.explain.window_cells import inner_window, number_grid, padded_window

_MAX_WINDOW_CELLS = 400
"""Cells of a mean that are still shown one by one."""


def explain_max_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of max pooling, its window and the cell that won."""
    check_map(call)
    channel, y, x = index
    rows, columns = pool_axes(
        call.setting("kernel_size"), call.setting("stride"), call.setting("padding", 0), call.setting("dilation", 1)
    )
    height, width = call.inputs[0].shape[-2:]
    source_rows, source_columns = tap_sources(rows, y, height), tap_sources(columns, x, width)
    values = gather_window(call.inputs[0][channel], source_rows, source_columns, -torch.inf)
    off = padding_mask(tuple(rows.positions(y)), tuple(columns.positions(x)), height, width)
    window = padded_window(call.sources[0], channel, source_rows, source_columns, off, values, winner=_winner(values))
    padding, overhang = _missing(off, rows, columns, index, (height, width))
    notes = (SentenceKey("note.max_padding", {"cells": padding}),) if padding else ()
    return _maximum(call, index, window, values, (*notes, *overhang))


def explain_adaptive_max_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of adaptive max pooling."""
    check_map(call)
    rows, columns = _adaptive(call, index)
    values = call.inputs[0][index[0], rows.start : rows.stop, columns.start : columns.stop].detach().double()
    window = inner_window(call.sources[0], index[0], rows, columns, values, winner=_winner(values))
    return _maximum(call, index, window, values, ())


def explain_average_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of average pooling, with what it divides by."""
    check_map(call)
    channel, y, x = index
    rows, columns = pool_axes(call.setting("kernel_size"), call.setting("stride"), call.setting("padding", 0))
    height, width = call.inputs[0].shape[-2:]
    counted = bool(call.setting("count_include_pad", True))
    down, across = divisor_along(rows, y, height, counted), divisor_along(columns, x, width, counted)
    divisor = call.setting("divisor_override") or down * across
    source_rows, source_columns = tap_sources(rows, y, height), tap_sources(columns, x, width)
    values = gather_window(call.inputs[0][channel], source_rows, source_columns)
    off = padding_mask(tuple(rows.positions(y)), tuple(columns.positions(x)), height, width)
    window = padded_window(
        call.sources[0], channel, source_rows, source_columns, off, values, products=number_grid(values / divisor)
    )
    padding, overhang = _missing(off, rows, columns, index, (height, width))
    key = "note.average_padding_counted" if counted else "note.average_padding_left_out"
    notes: tuple[SentenceKey, ...] = ()
    if call.setting("divisor_override"):
        notes = (SentenceKey("note.average_divisor", {"divisor": divisor}),)
        key = "note.padding_zeros"
    if padding:
        notes = (SentenceKey(key, {"cells": padding, "divisor": divisor}), *notes)
    return _mean(call, index, window, values, divisor, limit, (*notes, *overhang))


def _missing(
    off: Tensor, rows: WindowAxis, columns: WindowAxis, index: Index, size: Pair
) -> tuple[int, tuple[SentenceKey, ...]]:
    """Return how many cells of a window lie in the padding, and the note on those that rounding up put beyond it."""
    down, across = (
        tuple(max(0, place - line.after) for place in line.positions(unit))
        for line, unit in zip((rows, columns), index[1:], strict=True)
    )
    beyond = padding_mask(down, across, *size)
    count = int(beyond.sum())
    return int(off.sum()) - count, (SentenceKey("note.overhang", {"cells": count}),) if count else ()


def explain_adaptive_average_pool(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of adaptive average pooling; of size 1 it is the mean of the map."""
    check_map(call)
    return _mean_of(call, index, *_adaptive(call, index), limit)


def explain_mean(call: LayerCall, index: Index, limit: int) -> Explanation:
    """Explain one value of a mean over height and width.

    Raises:
        UserError: `explain_unknown` for a mean over anything else.
    """
    shape = tuple(call.inputs[0].shape)
    if len(shape) != 3 or tuple(call.output.shape) not in ((shape[0],), (shape[0], 1, 1)):
        raise call.unknown()
    return _mean_of(call, index, range(shape[1]), range(shape[2]), limit)


def _adaptive(call: LayerCall, index: Index) -> tuple[range, range]:
    sizes = zip(index[1:], call.output.shape[1:], call.inputs[0].shape[1:], strict=True)
    rows, columns = (range(*adaptive_bounds(unit, units, length)) for unit, units, length in sizes)
    return rows, columns


def _mean_of(call: LayerCall, index: Index, rows: range, columns: range, limit: int) -> Explanation:
    values = call.inputs[0][index[0], rows.start : rows.stop, columns.start : columns.stop].detach().double()
    shares = number_grid(values / values.numel())
    window = inner_window(call.sources[0], index[0], rows, columns, values, products=shares)
    return _mean(call, index, window, values, values.numel(), limit, ())


def _mean(
    call: LayerCall,
    index: Index,
    window: InputWindow,
    values: Tensor,
    divisor: int,
    limit: int,
    notes: tuple[SentenceKey, ...],
) -> Explanation:
    fact = FormulaFact("n", SentenceKey("fact.divisor"), divisor)
    result = float(values.sum()) / divisor
    how = SentenceKey("how.average", {"divisor": divisor})
    if values.numel() <= _MAX_WINDOW_CELLS:
        term = Summand(SentenceKey("term.window"), result, window=window)
        left = format_sum(values.flatten().tolist()) if values.numel() <= 16 else format_number(float(values.sum()))
        formula = f"({left}) / {divisor} = {format_number(result)}"
        return call.explained(index, how, (term,), formula, facts=(fact,), notes=notes)
    shares, where = values.flatten() / divisor, [cell for line in window.cells for cell in line]
    shown = largest_magnitudes(shares, limit)
    terms = tuple(_share(call, where[place], float(shares[place]), divisor) for place in shown)
    rest = omitted_terms(shares, shown)
    return call.explained(
        index, how, terms, sum_formula(terms, rest, None, result), rest=rest, facts=(fact,), notes=notes
    )


def _share(call: LayerCall, place: Index | None, share: float, divisor: int) -> Summand:
    if place is None:
        return Summand(SentenceKey("term.padding"), share)
    return Summand(
        SentenceKey("term.cell", {"row": place[1], "column": place[2]}),
        share,
        call.cell(0, place),
        call.read(0, place),
        1 / divisor,
    )


def _maximum(
    call: LayerCall, index: Index, window: InputWindow, values: Tensor, notes: tuple[SentenceKey, ...]
) -> Explanation:
    row, column = window.winner or (0, 0)
    best, place = float(values[row, column]), window.cells[row][column]
    cell = None if place is None else call.cell(0, place)
    term = Summand(SentenceKey("term.winner", {"row": row, "column": column}), best, cell, best, window=window)
    seen = [value for value in values.flatten().tolist() if value != -torch.inf]
    formula = f"max({', '.join(map(format_number, seen))}) = {format_number(best)}"
    return call.explained(index, SentenceKey("how.max"), (term,), formula, notes=notes)


def _winner(values: Tensor) -> tuple[int, int]:
    """Return the place of the largest value, the first in reading order of several."""
    flat = values.flatten().tolist()
    return divmod(flat.index(max(flat)), values.shape[1])
