"""Tab: transposed convolution: every input number lays down a scaled kernel."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from torch import Tensor

from cnnviz.ops.transposed_convolution import transposed_convolution2d
from cnnviz.ops.window import window_axes
from cnnviz.options import Option, Pair
from cnnviz.ui.pages.operations.board import Board, CellFormula, FormulaLine, FormulaLink, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, per_axis, products
from cnnviz.ui.pages.operations.input_sources import (
    plane_kernel_settings,
    plane_kernel_values,
    plane_settings,
    plane_values,
)
from cnnviz.ui.pages.operations.tabs.pointwise import check_count
from cnnviz.ui.pages.operations.tabs.sliding import format_python

SETTINGS = (
    *plane_settings("0 1 / 2 3"),
    *plane_kernel_settings("0 1 / 2 3", size="2"),
    Option("stride", Pair(1, 8), "1"),
    Option("pad", Pair(0, 8), "0"),
    Option("dilation", Pair(1, 4), "1"),
    Option("output_padding", Pair(0, 7), "0"),
)
PRESETS = (
    Preset("worked"),
    Preset("half", {"stride": "2"}),
    Preset("nearest", {"stride": "2", "kernel": "1 1 / 1 1"}),
    Preset("overlap", {"x": "1 1 1 / 1 1 1 / 1 1 1", "stride": "2", "kernel": "1 1 1 / 1 1 1 / 1 1 1"}),
    Preset(
        "inverse",
        {"x": "1 2 / 3 4", "stride": "2", "pad": "1", "kernel": "1 1 1 / 1 1 1 / 1 1 1", "output_padding": "1"},
    ),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input, kernel and output; each output number with the inputs and weights that meet in it."""
    given, weight = plane_values(s), plane_kernel_values(s)
    x, kernel = given.values, weight.values
    y = transposed_convolution2d(
        x[None, None], kernel[None, None], None, s["stride"], s["pad"], s["output_padding"], 1, s["dilation"]
    )
    check_count(y)
    grids = (
        Grid("input", x[None], edits=given.edits),
        Grid("kernel", kernel[None], edits=weight.edits),
        Grid("output", y[0]),
    )
    settings = {
        "stride": s["stride"],
        "padding": s["pad"],
        "output_padding": s["output_padding"],
        "dilation": s["dilation"],
    }
    usual = {"stride": (1, 1), "padding": (0, 0), "output_padding": (0, 0), "dilation": (1, 1)}
    said_settings = "".join(
        f", {name}={format_python(value)}" for name, value in settings.items() if value != usual[name]
    )
    code = "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            f"x = {given.line}",
            f"weight = {weight.line}",
            f"y = F.conv_transpose2d(x, weight{said_settings})",
        ]
    )
    formulas = [
        f"({n} − 1)·{step} − 2·{pad} + {spread}·({k} − 1) + {extra} + 1 = {made}"
        for n, step, pad, spread, k, extra, made in zip(
            x.shape, s["stride"], s["pad"], s["dilation"], kernel.shape, s["output_padding"], y.shape[-2:], strict=True
        )
    ]
    facts = tuple(FormulaLine(*each) for each in per_axis("", *formulas))
    link = FormulaLink("output", _cells(x, kernel, y[0, 0], s))
    return Board(grids, (link,), facts, code, y, "output", given.names)


def _cells(x: Tensor, kernel: Tensor, y: Tensor, s: Mapping[str, Any]) -> tuple[CellFormula, ...]:
    rows, columns = window_axes(kernel.shape, s["stride"], s["pad"], s["dilation"])
    met: dict[tuple[int, int], list[tuple[int, int, int, int]]] = {}
    for row, column in product(range(x.shape[0]), range(x.shape[1])):
        for (i, top), (j, left) in product(enumerate(rows.positions(row)), enumerate(columns.positions(column))):
            met.setdefault((top, left), []).append((row, column, i, j))
    cells = []
    for place in product(range(y.shape[0]), range(y.shape[1])):
        terms = met.get(place, [])
        reads = [
            (name, at)
            for row, column, i, j in terms
            for name, at in (("input", row * x.shape[1] + column), ("kernel", i * kernel.shape[1] + j))
        ]
        formula = products((float(x[row, column]), float(kernel[i, j])) for row, column, i, j in terms) or "0"
        cells.append(CellFormula(tuple(reads), (f"{formula} = {decimal(float(y[place]))}",)))
    return tuple(cells)


TAB = Tab("transposed", SETTINGS, PRESETS, compute)
