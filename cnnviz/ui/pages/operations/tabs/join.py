"""Tab: where branches meet: a residual add, concatenation as in Inception, and a dense block."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.errors import UserError
from cnnviz.ops.join import branch_of, channel_offsets, concatenation, dense_block, residual
from cnnviz.options import Choice, Option, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor, sum_of
from cnnviz.ui.pages.operations.input_sources import (
    InputValues,
    editable_name,
    input_settings,
    input_values,
    typed_values,
)
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.tab_options import where
from cnnviz.ui.pages.operations.tabs.pointwise import check_count, formula_link, python_source

SETTINGS = (
    Option("join", Choice(("add", "concat", "dense")), "add"),
    *input_settings("1 2 / 3 4 ; 5 6 / 7 8", channels=2, name="a"),
    Option("b", Numbers(3), "0 -1 / 1 0 ; 0.5 0 / 0 -0.5", where("join", "add", "concat") + where("from", "numbers")),
    Option("steps", Whole(1, 6), 3, where("join", "dense")),
)
PRESETS = (
    Preset("worked"),
    Preset("identity", {"b": "0 0 / 0 0 ; 0 0 / 0 0"}),
    Preset("concat", {"join": "concat"}),
    Preset(
        "inception",
        {"join": "concat", "a": "1 1 / 1 1 ; 2 2 / 2 2", "b": "3 3 / 3 3 ; 4 4 / 4 4 ; 5 5 / 5 5 ; 6 6 / 6 6"},
    ),
    Preset("dense", {"join": "dense", "a": "1 2 / 3 4"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return the branches and what they become.

    Raises:
        UserError: branches of two shapes.
    """
    first = input_values(s, "a")
    check_count(first.values)
    return _JOINS[s["join"]](s, first)


def _branch(s: Mapping[str, Any], first: InputValues) -> InputValues:
    """Return the second branch: as typed, random as the first, or what a picture loses when it is blurred."""
    if s["from"] == "numbers":
        return typed_values(s["b"], "b", s["b"][None])
    if s["from"] == "random":
        return input_values({**s, "seed": s["seed"] + 1}, "b")
    values = first.values - functional.avg_pool2d(first.values, 3, 1, 1, count_include_pad=False)
    return InputValues(values, "{0} - F.avg_pool2d({0}, 3, 1, 1, count_include_pad=False)", editable_name("b", values))


def _add(s: Mapping[str, Any], first: InputValues) -> Board:
    second = _branch(s, first)
    a, b = first.values, second.values
    if a.shape != b.shape:
        raise UserError("operations_shape", what="f(x)", expected=tuple(a.shape), got=tuple(b.shape))
    y = residual(a[None], lambda _: b[None])[0]
    link = formula_link(
        "output",
        (
            (
                (("a", place), ("b", place)),
                (
                    f"{factor(float(a.flatten()[place]))} + {factor(float(b.flatten()[place]))} = "
                    f"{decimal(float(y.flatten()[place]))}",
                ),
            )
            for place in range(a.numel())
        ),
    )
    grids = (
        Grid("a", a, "x_shortcut", first.edits, "channel"),
        Grid("b", b, "f_of_x", second.edits, "channel"),
        Grid("output", y, planes="channel"),
    )
    facts = (FormulaLine("channels_after", f"{len(a)}"),)
    code = _code(first, second, "y = x + fx", ("x", "fx"))
    return Board(grids, (link,), facts, code, y[None], "output", first.names)


def _concat(s: Mapping[str, Any], first: InputValues) -> Board:
    second = _branch(s, first)
    a, b = first.values, second.values
    if a.shape[1:] != b.shape[1:]:
        raise UserError("operations_shape", what="B", expected=f"C×{a.shape[1]}×{a.shape[2]}", got=tuple(b.shape))
    y = concatenation([a[None], b[None]])[0]
    counts, area = (len(a), len(b)), a[0].numel()
    cells = []
    for place in range(y.numel()):
        branch, channel = branch_of(place // area, counts)
        cells.append(
            (
                (("ab"[branch], channel * area + place % area),),
                (
                    f"{place // area} − {channel_offsets(counts)[branch]} = {channel}: "
                    f"{'AB'[branch]}[{channel}] = {decimal(float(y.flatten()[place]))}",
                ),
            )
        )
    grids = (
        Grid("a", a, "branch_a", first.edits, "channel"),
        Grid("b", b, "branch_b", second.edits, "channel"),
        Grid("output", y, planes="channel"),
    )
    return Board(
        grids,
        (formula_link("output", cells),),
        (FormulaLine("channels_after", f"{len(a)} + {len(b)} = {len(y)}"),),
        _code(first, second, "y = torch.cat([a, b], dim=1)", ("a", "b")),
        y[None],
        "output",
        first.names,
    )


def _dense(s: Mapping[str, Any], first: InputValues) -> Board:
    a, steps = first.values, s["steps"]
    y = dense_block(a[None], [_grow] * steps)[0]
    area, given = a[0].numel(), len(a)
    cells = []
    for place in range(y.numel()):
        channel, cell = divmod(place, area)
        value = float(y[channel].flatten()[cell])
        if channel < given:
            cells.append(([("a", place)], (decimal(value),)))
        else:
            before = [float(y[other].flatten()[cell]) for other in range(channel)]
            cells.append(
                (
                    [("output", other * area + cell) for other in range(channel)],
                    (f"({sum_of([factor(v) for v in before])})/{channel} = {decimal(value)}",),
                )
            )
    code = "\n".join(
        [
            "import torch",
            "",
            f"y = {first.line}",
            f"for _ in range({steps}):",
            "    y = torch.cat([y, y.mean(1, keepdim=True)], dim=1)",
        ]
    )
    grids = (Grid("a", a, "input", first.edits, "channel"), Grid("output", y, planes="channel"))
    return Board(
        grids,
        (formula_link("output", cells),),
        (FormulaLine("channels_after", f"{given} + {steps}·1 = {len(y)}"),),
        code,
        y[None],
        "output",
        first.names,
    )


def _grow(x: Tensor) -> Tensor:
    return torch.mean(x, 1, keepdim=True)


def _code(first: InputValues, second: InputValues, line: str, names: tuple[str, str]) -> str:
    made = second.line.format(names[0])
    more = ("import torch.nn.functional as F",) if "F." in made else ()
    return python_source(("import torch", *more), {names[0]: first.line, names[1]: made}, line)


_JOINS: Mapping[str, Callable[[Mapping[str, Any], InputValues], Board]] = MappingProxyType(
    {"add": _add, "concat": _concat, "dense": _dense}
)
TAB = Tab("join", SETTINGS, PRESETS, compute)
