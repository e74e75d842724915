"""Tab: where branches meet: a residual add, concatenation as in Inception, and a dense block."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import Refusal
from cnnviz.ops.join import branch_of, channel_offsets, concatenation, dense_block, residual
from cnnviz.ui.bench.board import Board, Fact, Grid, Preset, Tab
from cnnviz.ui.bench.formulas import factor, said, summed
from cnnviz.ui.bench.given import literal
from cnnviz.ui.bench.setting import Choice, Numbers, Setting, Whole, where
from cnnviz.ui.bench.tabs.pointwise import check_few, told

SETTINGS = (
    Setting("join", Choice(("add", "concat", "dense")), "add"),
    Setting("a", Numbers(3), "1 2 / 3 4 ; 5 6 / 7 8"),
    Setting("b", Numbers(3), "0 -1 / 1 0 ; 0.5 0 / 0 -0.5", where("join", "add", "concat")),
    Setting("steps", Whole(1, 6), 3, where("join", "dense")),
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
    """The branches and what they become.

    Raises:
        Refusal: branches of two shapes.
    """
    check_few(s["a"])
    return _JOINS[s["join"]](s)


def _add(s: Mapping[str, Any]) -> Board:
    a, b = s["a"], s["b"]
    if a.shape != b.shape:
        raise Refusal("bench_shape", what="f(x)", expected=tuple(a.shape), got=tuple(b.shape))
    y = residual(a[None], lambda _: b[None])[0]
    link = told(
        "output",
        (
            (
                (("a", place), ("b", place)),
                (
                    f"{factor(float(a.flatten()[place]))} + {factor(float(b.flatten()[place]))} = "
                    f"{said(float(y.flatten()[place]))}",
                ),
            )
            for place in range(a.numel())
        ),
    )
    grids = (
        Grid("a", a, "x_shortcut", "a", "channel"),
        Grid("b", b, "f_of_x", "b", "channel"),
        Grid("output", y, planes="channel"),
    )
    return Board(
        grids, (link,), (Fact("channels_after", f"{len(a)}"),), _code(s, "y = x + fx", ("x", "fx")), y[None], "output"
    )


def _concat(s: Mapping[str, Any]) -> Board:
    a, b = s["a"], s["b"]
    if a.shape[1:] != b.shape[1:]:
        raise Refusal("bench_shape", what="B", expected=f"C × {a.shape[1]} × {a.shape[2]}", got=tuple(b.shape))
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
                    f"{'AB'[branch]}[{channel}] = {said(float(y.flatten()[place]))}",
                ),
            )
        )
    grids = (
        Grid("a", a, "branch_a", "a", "channel"),
        Grid("b", b, "branch_b", "b", "channel"),
        Grid("output", y, planes="channel"),
    )
    return Board(
        grids,
        (told("output", cells),),
        (Fact("channels_after", f"{len(a)} + {len(b)} = {len(y)}"),),
        _code(s, "y = torch.cat([a, b], dim=1)", ("a", "b")),
        y[None],
        "output",
    )


def _dense(s: Mapping[str, Any]) -> Board:
    a, steps = s["a"], s["steps"]
    y = dense_block(a[None], [_grow] * steps)[0]
    area, given = a[0].numel(), len(a)
    cells = []
    for place in range(y.numel()):
        channel, cell = divmod(place, area)
        value = float(y[channel].flatten()[cell])
        if channel < given:
            cells.append(([("a", place)], (said(value),)))
        else:
            before = [float(y[other].flatten()[cell]) for other in range(channel)]
            cells.append(
                (
                    [("output", other * area + cell) for other in range(channel)],
                    (f"({summed([factor(v) for v in before])})/{channel} = {said(value)}",),
                )
            )
    code = "\n".join(
        [
            "import torch",
            "",
            f"y = {literal(a[None])}",
            f"for _ in range({steps}):",
            "    y = torch.cat([y, y.mean(1, keepdim=True)], dim=1)",
        ]
    )
    grids = (Grid("a", a, "input", "a", "channel"), Grid("output", y, planes="channel"))
    return Board(
        grids,
        (told("output", cells),),
        (Fact("channels_after", f"{given} + {steps}·1 = {len(y)}"),),
        code,
        y[None],
        "output",
    )


def _grow(x: Tensor) -> Tensor:
    return torch.mean(x, 1, keepdim=True)


def _code(s: Mapping[str, Any], line: str, names: tuple[str, str]) -> str:
    return "\n".join(
        ["import torch", "", f"{names[0]} = {literal(s['a'][None])}", f"{names[1]} = {literal(s['b'][None])}", line]
    )


_JOINS: Mapping[str, Callable[[Mapping[str, Any]], Board]] = MappingProxyType(
    {"add": _add, "concat": _concat, "dense": _dense}
)
TAB = Tab("join", SETTINGS, PRESETS, compute)
