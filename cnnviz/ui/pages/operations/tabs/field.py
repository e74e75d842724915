"""Tab: two convolutions in a row: what one output sees, and the one kernel that does the same."""

from collections.abc import Mapping
from typing import Any

from cnnviz.ops.activation import relu
from cnnviz.ops.convolution import folded
from cnnviz.ops.cross_correlation import cross_correlation2d
from cnnviz.ops.window import window_axes
from cnnviz.options import Choice, Option, Pair
from cnnviz.ui.pages.operations.board import Board, CellFormula, FormulaLine, FormulaLink, Grid, Preset, Tab, WindowLink
from cnnviz.ui.pages.operations.formulas import decimal
from cnnviz.ui.pages.operations.input_sources import InputValues, plane_settings, plane_values, typed_values
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.tabs.sliding import check_size

FIVE = " / ".join(" ".join(str(5 * row + column) for column in range(5)) for row in range(5))
NINE = " / ".join(" ".join(str((7 * row + 3 * column) % 10) for column in range(9)) for row in range(9))
SETTINGS = (
    *plane_settings(FIVE),
    Option("first", Numbers(2), "0 1 0 / 1 -4 1 / 0 1 0"),
    Option("second", Numbers(2), "1 0 -1 / 2 0 -2 / 1 0 -1"),
    Option("between", Choice(("none", "relu")), "none"),
    Option("pad", Pair(0, 8), "0"),
)
PRESETS = (
    Preset("worked", {"first": "1 1 1 / 1 1 1 / 1 1 1", "second": "1 1 1 / 1 1 1 / 1 1 1"}),
    Preset("fold", {"x": NINE}),
    Preset("relu", {"x": NINE, "between": "relu"}),
    Preset("border", {"x": NINE, "pad": "1"}),
    Preset("converse", {"x": NINE, "first": "1 2 1", "second": "1 / 0 / -1"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input, first kernel, middle, second kernel, output, and what the folded kernel gives."""
    x = plane_values(s)
    image = x.values[None, None]
    first, second = (typed_values(s[name], name, s[name][None, None]) for name in ("first", "second"))
    kernels = first.values[None, None], second.values[None, None]
    inner = cross_correlation2d(image, kernels[0], padding=s["pad"])
    seen = relu(inner) if s["between"] == "relu" else inner
    output = cross_correlation2d(seen, kernels[1], padding=s["pad"])
    one = folded(*kernels)
    both = tuple(2 * amount for amount in s["pad"])
    once = cross_correlation2d(image, one, padding=both)
    check_size(once, inner)
    middle = "between" if s["between"] == "relu" else "middle"
    links: list[WindowLink | FormulaLink] = [
        WindowLink("input", "middle", *window_axes(s["first"].shape, padding=s["pad"]), kernel="first"),
        WindowLink(middle, "output", *window_axes(s["second"].shape, padding=s["pad"]), kernel="second"),
        WindowLink("input", "once", *window_axes(one.shape[-2:], padding=both), kernel="folded"),
    ]
    grids = [
        Grid("input", x.values[None], edits=x.edits),
        Grid("first", first.values[None], edits="first"),
        Grid("middle", inner[0]),
    ]
    if s["between"] == "relu":
        grids.append(Grid("between", seen[0]))
        links.append(
            FormulaLink(
                "between",
                tuple(
                    CellFormula(
                        (("middle", place),), (f"max(0, {decimal(float(value))}) = {decimal(max(0.0, float(value)))}",)
                    )
                    for place, value in enumerate(inner.flatten())
                ),
            )
        )
    grids += [
        Grid("second", second.values[None], edits="second"),
        Grid("output", output[0]),
        Grid("folded", one[0]),
        Grid("once", once[0]),
    ]
    return Board(
        tuple(grids),
        tuple(links),
        _facts(s, float((once - output).abs().max())),
        _code(x, first, second, s),
        output,
        "output",
        x.names,
    )


def _facts(s: Mapping[str, Any], difference: float) -> tuple[FormulaLine, ...]:
    sizes = [(a, b) for a, b in zip(s["first"].shape, s["second"].shape, strict=True)]
    seen = " × ".join(f"({a} + {b} − 1)" for a, b in sizes)
    weights = s["first"].numel(), s["second"].numel()
    area = sizes[0][0] + sizes[0][1] - 1, sizes[1][0] + sizes[1][1] - 1
    return (
        FormulaLine("sees", f"{seen} = {area[0]}×{area[1]}"),
        FormulaLine(
            "weights", f"{weights[0]} + {weights[1]} = {sum(weights)}; {area[0]}·{area[1]} = {area[0] * area[1]}"
        ),
        FormulaLine("difference", decimal(difference if difference > 1e-9 else 0.0)),
    )


def _code(x: InputValues, first: InputValues, second: InputValues, s: Mapping[str, Any]) -> str:
    pad = f", padding={s['pad']}" if s["pad"] != (0, 0) else ""
    inner = f"F.conv2d(x, first{pad})"
    inner = f"F.relu({inner})" if s["between"] == "relu" else inner
    return "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            f"x = {x.line}",
            f"first = {first.line}",
            f"second = {second.line}",
            f"y = F.conv2d({inner}, second{pad})",
        ]
    )


TAB = Tab("field", SETTINGS, PRESETS, compute)
