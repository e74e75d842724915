"""Tab: activations, their derivatives, and what in place means."""

from collections.abc import Mapping
from typing import Any

import torch

from cnnviz.ops.activation import ACTIVATIONS
from cnnviz.options import Choice, Flag, Option
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, LineChart, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor
from cnnviz.ui.pages.operations.input_sources import input_settings, input_values
from cnnviz.ui.pages.operations.tabs.pointwise import elementwise_link, python_source

POINTS = 241
SETTINGS = (
    *input_settings("-6 -3 -1 -0.5 / 0 0.5 1 8", size="6"),
    Option("function", Choice(tuple(ACTIVATIONS)), "relu"),
    Option("inplace", Flag(), False),
)
PRESETS = (
    Preset("worked"),
    Preset("zero", {"x": "-1 0 1"}),
    Preset("sigmoid", {"function": "sigmoid"}),
    Preset("vanishing", {"function": "sigmoid", "x": "-10 -5 -2 0 / 2 5 10 20"}),
    Preset("tanh", {"function": "tanh"}),
    Preset("relu6", {"function": "relu6"}),
    Preset("hardswish", {"function": "hardswish"}),
    Preset("inplace", {"inplace": True}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input, output and derivative, with the curve of both."""
    entry, x = ACTIVATIONS[s["function"]], input_values(s)
    y, slope = entry.function(x.values), entry.derivative(x.values)
    left = y if s["inplace"] else x.values
    outputs, slopes = y.flatten().tolist(), slope.flatten().tolist()

    def tell(place: int, value: float) -> str:
        return f"{entry.formula.format(x=decimal(value))} = {decimal(outputs[place])}"

    def tell_slope(place: int, value: float) -> str:
        return f"f′({decimal(value)}) = {decimal(slopes[place])}"

    call = f"x.copy_({entry.torch_line}(x))" if s["inplace"] else f"{entry.torch_line}(x)"
    grids = (
        Grid(
            "input",
            left,
            "overwritten" if s["inplace"] else "input",
            edits="" if s["inplace"] else x.edits,
            planes="channel",
        ),
        Grid("output", y, planes="channel"),
        Grid("derivative", slope, planes="channel"),
    )
    links = (
        elementwise_link("output", "input", x.values, tell),
        elementwise_link("derivative", "input", x.values, tell_slope),
    )
    first = float(x.values.flatten()[0])
    total = float(left.flatten()[0] + y.flatten()[0])
    facts = (
        FormulaLine(
            "still_there",
            f"{factor(float(left.flatten()[0]))} + {factor(outputs[0])} = {decimal(total)}; x = {decimal(first)}",
        ),
    )
    reach = max(8.0, min(20.0, float(x.values.abs().max())))
    line = torch.linspace(-reach, reach, POINTS, dtype=torch.float64)
    curves = LineChart(
        "activation",
        tuple(line.tolist()),
        {"function": tuple(entry.function(line).tolist()), "derivative": tuple(entry.derivative(line).tolist())},
    )
    code = python_source(("import torch", "from torch import nn"), {"x": x.line, "y": call})
    return Board(grids, links, facts, code, y[None], "output", x.names, curves)


TAB = Tab("activation", SETTINGS, PRESETS, compute)
