"""Tab: a depthwise-separable pair: filter each channel alone, then mix channels at each pixel; and what it saves."""

from collections.abc import Mapping
from typing import Any

from cnnviz.errors import UserError
from cnnviz.ops.cross_correlation import cross_correlation2d
from cnnviz.ops.separable_convolution import separable_convolution, separable_cost
from cnnviz.ops.window import window_axes
from cnnviz.options import Choice, Option, Pair, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, Preset, Tab, WindowLink
from cnnviz.ui.pages.operations.formulas import decimal
from cnnviz.ui.pages.operations.input_sources import (
    InputValues,
    input_settings,
    input_values,
    random_values,
    typed_values,
)
from cnnviz.ui.pages.operations.tab_options import typed, where
from cnnviz.ui.pages.operations.tabs.pointwise import python_source
from cnnviz.ui.pages.operations.tabs.sliding import check_size, format_python

TWO = "0 1 2 / 3 4 5 / 6 7 8 ; 1 2 3 / 4 5 6 / 7 8 9"
RANDOM = {"from": "random", "weights_from": "random"}
SETTINGS = (
    *input_settings(TWO, size="8", channels=4),
    Option("weights_from", Choice(("numbers", "random")), "numbers"),
    typed("depthwise", 3, "0 1 / 2 3 ; 1 2 / 3 4", "weights_from"),
    typed("pointwise", 2, "1 1 / 1 -1 / 0 2", "weights_from"),
    Option("k", Pair(1, 11), "3", where("weights_from", "random")),
    Option("outputs", Whole(1, 8), 8, where("weights_from", "random")),
    Option("stride", Pair(1, 8), "1"),
    Option("pad", Pair(0, 8), "0"),
)
PRESETS = (
    Preset("worked"),
    Preset("same_sum", {"pointwise": "1 1"}),
    Preset("saving", {**RANDOM, "pad": "1"}),
    Preset("narrow", {**RANDOM, "pad": "1", "channels": 2, "outputs": 4}),
    Preset("resolution", {**RANDOM, "pad": "1", "size": "4"}),
    Preset("stride", {**RANDOM, "pad": "1", "stride": "2"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input, depthwise kernels, filtered maps, pointwise weights, output, and both costs.

    Raises:
        UserError: weights that do not fit the channels.
    """
    x = input_values(s)
    channels = len(x.values)
    deep, mix = _weights(s, channels)
    depthwise, pointwise = deep.values[:, None], mix.values[:, :, None, None]
    rows, columns = window_axes(depthwise.shape[-2:], s["stride"], s["pad"])
    filtered = cross_correlation2d(x.values[None], depthwise, None, s["stride"], s["pad"], 1, channels)
    y = separable_convolution(x.values[None], depthwise, pointwise, s["stride"], s["pad"])
    check_size(filtered, y)
    grids = (
        Grid("input", x.values, edits=x.edits, planes="channel"),
        Grid("depthwise", deep.values, edits=deep.edits, planes="channel"),
        Grid("filtered", filtered[0], planes="channel"),
        Grid("pointwise", mix.values.flatten()[:, None, None], "", mix.edits, "tap", channels),
        Grid("output", y[0], planes="filter"),
    )
    links = (
        WindowLink("input", "filtered", rows, columns, "conv", "depthwise", groups=channels),
        WindowLink("filtered", "output", *window_axes(1), "conv", "pointwise"),
    )
    settings = "".join(
        f", {name}={format_python(value)}"
        for name, value, usual in (("stride", s["stride"], (1, 1)), ("padding", s["pad"], (0, 0)))
        if value != usual
    )
    code = python_source(
        ("import torch", "import torch.nn.functional as F"),
        {
            "x": x.line,
            "depthwise": f"({deep.line})[:, None]",
            "pointwise": f"({mix.line})[:, :, None, None]",
            "filtered": f"F.conv2d(x, depthwise{settings}, groups={channels})",
            "y": "F.conv2d(filtered, pointwise)",
        },
    )
    return Board(grids, links, _facts(deep.values, channels, y), code, y, "output", x.names)


def _weights(s: Mapping[str, Any], channels: int) -> tuple[InputValues, InputValues]:
    if s["weights_from"] == "random":
        deep = random_values((channels, *s["k"]), 1, "depthwise")
        return deep, random_values((s["outputs"], channels), 2, "pointwise")
    for name, got, where_channels in (
        ("depthwise", tuple(s["depthwise"].shape), 0),
        ("pointwise", tuple(s["pointwise"].shape), 1),
    ):
        if got[where_channels] != channels:
            expected = f"{channels}×k×k" if where_channels == 0 else f"N×{channels}"
            raise UserError("operations_shape", what=name, expected=expected, got=got)
    return typed_values(s["depthwise"], "depthwise"), typed_values(s["pointwise"], "pointwise")


def _facts(kernel: Any, m: int, y: Any) -> tuple[FormulaLine, ...]:
    n, height, width = y.shape[1:]
    rows, columns = kernel.shape[-2:]
    cells, area = f"{height}·{width}", f"{rows}·{columns}"
    if rows == columns and height == width:
        cost = separable_cost(rows, m, n, height)
        standard, deep, mix = cost.standard, cost.depthwise, cost.pointwise
    else:
        standard, deep, mix = (
            rows * columns * m * n * height * width,
            rows * columns * m * height * width,
            m * n * height * width,
        )
    return (
        FormulaLine("standard_cost", f"{area}·{m}·{n}·{cells} = {standard:,}"),
        FormulaLine("separable_cost", f"{area}·{m}·{cells} + {m}·{n}·{cells} = {deep + mix:,}"),
        FormulaLine("ratio", f"1/{n} + 1/({area}) = {decimal((deep + mix) / standard)}"),
    )


TAB = Tab("separable", SETTINGS, PRESETS, compute)
