"""Tab: pooling with all parameters of MaxPool2d and AvgPool2d, and the exercises' other pools."""

from collections.abc import Callable, Mapping
from itertools import product
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.average_pool import average_pool2d, check_divisor, divisor_along
from cnnviz.ops.max_pool import max_pool2d, pool_axes, with_overhang
from cnnviz.ops.pooling_exercises import max_pool_by_relu, min_pool2d, softmax_pool2d
from cnnviz.ops.window import WindowAxis
from cnnviz.options import Choice, Flag, Option, Pair, Whole
from cnnviz.ui.pages.operations.board import Board, CellFormula, FormulaLine, FormulaLink, Grid, Preset, Tab, WindowLink
from cnnviz.ui.pages.operations.formulas import decimal, factor, per_axis, size_formula, sum_of
from cnnviz.ui.pages.operations.input_sources import InputValues, input_settings, input_values
from cnnviz.ui.pages.operations.tab_options import where
from cnnviz.ui.pages.operations.tabs.sliding import check_size, format_python

COUNT = " / ".join(" ".join(str(5 * row + column) for column in range(5)) for row in range(5))
NEGATIVE = "-9 -8 -7 / -6 -5 -4 / -3 -2 -1"
LINE = " / ".join(["0 0 9 0 0 0"] * 4)
MOVED = " / ".join(["0 0 0 9 0 0"] * 4)
WINDOWED = ("max", "average", "min")
SETTINGS = (
    *input_settings("0 1 2 / 3 4 5 / 6 7 8", size="8"),
    Option("pool", Choice((*WINDOWED, "softmax", "by_relu")), "max"),
    Option("window", Pair(1, 64), "2"),
    Option("pool_stride", Pair(1, 64, ("",)), "1", where("pool", *WINDOWED, "softmax")),
    Option("pad", Pair(0, 32), "0", where("pool", *WINDOWED)),
    Option("dilation", Pair(1, 16), "1", where("pool", "max")),
    Option("ceil", Flag(), False, where("pool", "max", "average")),
    Option("indices", Flag(), False, where("pool", "max")),
    Option("count_pad", Flag(), True, where("pool", "average")),
    Option("divisor", Whole(0, 64), 0, where("pool", "average")),
)
PRESETS = (
    Preset("worked"),
    Preset("average", {"pool": "average"}),
    Preset("default_stride", {"x": COUNT, "window": "3", "pool_stride": ""}),
    Preset("overlapping", {"x": COUNT, "window": "3", "pool_stride": "2"}),
    Preset("infinity", {"x": NEGATIVE, "window": "3", "pad": "1"}),
    Preset("zeros", {"x": "9 9 9 / 9 9 9 / 9 9 9", "pool": "average", "window": "3", "pad": "1"}),
    Preset(
        "uncounted", {"x": "9 9 9 / 9 9 9 / 9 9 9", "pool": "average", "window": "3", "pad": "1", "count_pad": False}
    ),
    Preset("ceil", {"x": COUNT, "window": "2", "pool_stride": "2", "ceil": True}),
    Preset("indices", {"indices": True}),
    Preset("pairs", {"x": COUNT, "window": "2,3", "pool_stride": "2,3", "pad": "0,1"}),
    Preset("shift", {"x": LINE, "window": "2", "pool_stride": "2"}),
    Preset("shifted", {"x": MOVED, "window": "2", "pool_stride": "2"}),
    Preset("global", {"x": COUNT, "pool": "average", "window": "5", "pool_stride": ""}),
    Preset("minimum", {"pool": "min"}),
    Preset("relu", {"pool": "by_relu", "x": "3 7 1 5 / 2 4 9 8 / 0 1 6 2 / 5 3 4 4"}),
    Preset("softmax", {"pool": "softmax"}),
    Preset("photo", {"from": "image", "picture": "china", "size": "96", "window": "4", "pool_stride": ""}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input and pooled output.

    Raises:
        UserError: padding of more than half the window, a divisor of 0, or settings that make no window.
    """
    x = input_values(s)
    stride = s["window"] if s["pool_stride"] is None or s["pool"] == "by_relu" else s["pool_stride"]
    rows, columns = pool_axes(s["window"], stride, s["pad"], s["dilation"])
    return _POOLS[s["pool"]]({**s, "stride": stride}, x, rows, columns)


def _board(
    s: Mapping[str, Any],
    x: InputValues,
    rows: WindowAxis,
    columns: WindowAxis,
    y: Tensor,
    how: str,
    line: str,
    extra: tuple[Grid, ...] = (),
    divisors: Tensor | None = None,
) -> Board:
    check_size(y)
    lengths = x.values.shape[-2:]
    covered_rows, covered_columns = (
        with_overhang(axis, length, units)
        for axis, length, units in zip((rows, columns), lengths, y.shape[-2:], strict=True)
    )
    link = WindowLink("input", "output", covered_rows, covered_columns, how, groups=len(x.values), divisors=divisors)
    formulas = [
        size_formula(axis, length, units, s["ceil"])
        for axis, length, units in zip((rows, columns), lengths, y.shape[-2:], strict=True)
    ]
    facts = [FormulaLine(*each) for each in per_axis("", *formulas)]
    grids = (Grid("input", x.values, edits=x.edits, planes="channel"), Grid("output", y, planes="channel"), *extra)
    return Board(grids, (link,), (*facts, FormulaLine("parameters", "0")), _code(x, line), y[None], "output", x.names)


def _max(s: Mapping[str, Any], x: InputValues, rows: WindowAxis, columns: WindowAxis) -> Board:
    y, places = max_pool2d(x.values, s["window"], s["stride"], s["pad"], s["dilation"], s["ceil"])
    options = _options(s, {"dilation": s["dilation"] != (1, 1), "ceil_mode": s["ceil"]})
    extra = (Grid("indices", places.double(), planes="channel"),) if s["indices"] else ()
    return _board(s, x, rows, columns, y, "max", f"F.max_pool2d(x, {options})", extra)


def _average(s: Mapping[str, Any], x: InputValues, rows: WindowAxis, columns: WindowAxis) -> Board:
    divisor = s["divisor"] or None
    check_divisor(divisor)
    y = average_pool2d(x.values, s["window"], s["stride"], s["pad"], s["ceil"], s["count_pad"], divisor)
    lengths, units = x.values.shape[-2:], y.shape[-2:]
    counts = [
        torch.tensor([float(divisor_along(axis, unit, length, s["count_pad"])) for unit in range(count)])
        for axis, length, count in zip((rows, columns), lengths, units, strict=True)
    ]
    divisors = torch.outer(*counts) if divisor is None else torch.full(units, float(divisor))
    options = _options(
        s, {"ceil_mode": s["ceil"], "count_include_pad": not s["count_pad"], "divisor_override": divisor}
    )
    return _board(s, x, rows, columns, y, "mean", f"F.avg_pool2d(x, {options})", divisors=divisors)


def _min(s: Mapping[str, Any], x: InputValues, rows: WindowAxis, columns: WindowAxis) -> Board:
    y = min_pool2d(x.values, s["window"], s["stride"], s["pad"])
    return _board(s, x, rows, columns, y, "min", f"-F.max_pool2d(-x, {_options(s, {})})")


def _softmax(s: Mapping[str, Any], x: InputValues, rows: WindowAxis, columns: WindowAxis) -> Board:
    y = softmax_pool2d(x.values[None], s["window"], s["stride"])[0]
    count = rows.kernel * columns.kernel
    unfold = f"F.unfold(x, {s['window']}, stride={s['stride']}).unflatten(1, ({len(x.values)}, {count}))"
    board = _board(s, x, rows, columns, y, "max", f"(w.softmax(2) * w).sum(2).reshape(1, *{tuple(y.shape)})")
    board = _with_formulas(board, x.values, y, rows, columns, _softmax_lines)
    return _with_code(board, board.code.replace("\ny = ", f"\nw = {unfold}\ny = "))


def _by_relu(s: Mapping[str, Any], x: InputValues, rows: WindowAxis, columns: WindowAxis) -> Board:
    y = max_pool_by_relu(x.values[None], s["window"][0]) if s["window"][0] == s["window"][1] else None
    if y is None:
        raise UserError("operations_shape", what="window", expected="k×k", got=s["window"])
    height, width = y.shape[-2:]
    board = _board(s, x, rows, columns, y[0], "max", f"F.max_pool2d(x, {s['window'][0]})")
    assert (height, width) == tuple(board.grid("output").values.shape[-2:])
    return _with_formulas(board, x.values, y[0], rows, columns, _relu_lines)


def _with_formulas(
    board: Board,
    x: Tensor,
    y: Tensor,
    rows: WindowAxis,
    columns: WindowAxis,
    tell: Callable[[list[float], float], tuple[str, ...]],
) -> Board:
    """Return the same board, each output number explained by a formula of its own."""
    if y.numel() > 4096:
        raise UserError("operations_large", got=f"{y.numel():,}", limit="4,096")
    told = []
    height, width = x.shape[-2:]
    for channel, row, column in product(*map(range, y.shape)):
        places = [
            (channel * height + i) * width + j for i, j in product(rows.positions(row), columns.positions(column))
        ]
        values = [float(x.flatten()[place]) for place in places]
        told.append(
            CellFormula(tuple(("input", place) for place in places), tell(values, float(y[channel, row, column])))
        )
    return Board(
        board.grids,
        (FormulaLink("output", tuple(told)),),
        board.facts,
        board.code,
        board.result,
        board.main,
        board.given,
    )


def _with_code(board: Board, code: str) -> Board:
    return Board(board.grids, board.links, board.facts, code, board.result, board.main, board.given)


def _softmax_lines(values: list[float], total: float) -> tuple[str, ...]:
    weights = torch.tensor(values).softmax(0).tolist()
    terms = [f"{factor(value)}·{weight:.3g}" for value, weight in zip(values, weights, strict=True)]
    return (f"{sum_of(terms)} = {decimal(total)}",)


def _relu_lines(values: list[float], total: float) -> tuple[str, ...]:
    best, lines = values[0], []
    for value in values[1:]:
        new = best + max(0.0, value - best)
        lines.append(
            f"max({decimal(best)}, {decimal(value)})"
            f" = {factor(best)} + ReLU({decimal(value)} − {factor(best)}) = {decimal(new)}"
        )
        best = new
    return tuple(lines) if lines else (decimal(total),)


def _options(s: Mapping[str, Any], flags: Mapping[str, Any]) -> str:
    said_options = [f"{format_python(s['window'])}"]
    if s["stride"] != s["window"]:
        said_options.append(f"stride={format_python(s['stride'])}")
    if s["pad"] != (0, 0):
        said_options.append(f"padding={format_python(s['pad'])}")
    values = {
        "dilation": format_python(s["dilation"]),
        "ceil_mode": "True",
        "count_include_pad": "False",
        "divisor_override": str(s["divisor"]),
    }
    return ", ".join([*said_options, *(f"{name}={values[name]}" for name, given in flags.items() if given)])


def _code(x: InputValues, line: str) -> str:
    return "\n".join(["import torch", "import torch.nn.functional as F", "", f"x = {x.line}", f"y = {line}"])


_POOLS = MappingProxyType({"max": _max, "average": _average, "min": _min, "softmax": _softmax, "by_relu": _by_relu})
TAB = Tab("pooling", SETTINGS, PRESETS, compute)
