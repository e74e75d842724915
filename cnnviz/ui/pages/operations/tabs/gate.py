"""Tab: the squeeze-and-excitation gate."""

from collections.abc import Mapping
from typing import Any

from cnnviz.errors import UserError
from cnnviz.ops.activation import ACTIVATIONS
from cnnviz.ops.squeeze_excitation import squeeze_excitation
from cnnviz.options import Choice, Option, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor, sum_of, weighted_sum
from cnnviz.ui.pages.operations.input_sources import (
    InputValues,
    input_settings,
    input_values,
    random_values,
    tensor_literal,
    typed_values,
)
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.tab_options import typed, where
from cnnviz.ui.pages.operations.tabs.pointwise import check_count, formula_link, python_source
from cnnviz.ui.pages.operations.tabs.sliding import bias_for

SETTINGS = (
    *input_settings("1 2 / 3 2 ; 4 4 / 4 4 ; 0 0 / 0 8", size="4", channels=3, colour="rgb"),
    Option("weights_from", Choice(("numbers", "random")), "numbers"),
    typed("reduce", 2, "1 -1 0.5", "weights_from"),
    Option("reduce_bias", Numbers(1), "2"),
    typed("expand", 2, "1 / -2 / 4", "weights_from"),
    Option("expand_bias", Numbers(1), "0"),
    Option("squeeze", Whole(1, 8), 2, where("weights_from", "random")),
    Option("gate", Choice(("hardsigmoid", "sigmoid")), "hardsigmoid"),
)
PRESETS = (
    Preset("worked"),
    Preset("sigmoid", {"gate": "sigmoid"}),
    Preset("open", {"expand": "0 / 0 / 0", "expand_bias": "3"}),
    Preset("closed", {"expand": "0 / 0 / 0", "expand_bias": "-3 -3 3"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return maps, their means, the hidden numbers, the gates and the gated maps.

    Raises:
        UserError: weights of the wrong shape.
    """
    x = input_values(s)
    check_count(x.values)
    channels, height, width = x.values.shape
    reduce, expand = _weights(s, channels)
    squeeze = len(reduce.values)
    first = reduce.values, bias_for(s["reduce_bias"], squeeze)
    second = expand.values, bias_for(s["expand_bias"], channels)
    entry = ACTIVATIONS[s["gate"]]
    made = squeeze_excitation(x.values[None], first, second, entry.function)
    area = height * width
    flat, means, hidden, gates = (
        x.values.flatten().tolist(),
        *(t[0].tolist() for t in (made.squeezed, made.hidden, made.gate)),
    )
    y = made.output[0].flatten().tolist()
    links = (
        formula_link(
            "squeezed",
            (
                (
                    [("input", c * area + p) for p in range(area)],
                    (f"({sum_of([factor(v) for v in flat[c * area : (c + 1) * area]])})/{area} = {decimal(means[c])}",),
                )
                for c in range(channels)
            ),
        ),
        formula_link(
            "hidden",
            (
                (
                    [
                        *(("squeezed", c) for c in range(channels)),
                        *(("reduce", i * channels + c) for c in range(channels)),
                    ],
                    (
                        f"max(0, {weighted_sum(means, first[0][i].tolist(), float(first[1][i]))})"
                        f" = {decimal(hidden[i])}",
                    ),
                )
                for i in range(squeeze)
            ),
        ),
        formula_link(
            "gates",
            (
                (
                    [*(("hidden", i) for i in range(squeeze)), *(("expand", c * squeeze + i) for i in range(squeeze))],
                    (
                        f"z = {weighted_sum(hidden, second[0][c].tolist(), float(second[1][c]))}",
                        f"{entry.formula.format(x='z')} = {decimal(gates[c])}",
                    ),
                )
                for c in range(channels)
            ),
        ),
        formula_link(
            "output",
            (
                (
                    [("input", p), ("gates", p // area)],
                    (f"{factor(flat[p])}·{factor(gates[p // area])} = {decimal(y[p])}",),
                )
                for p in range(len(flat))
            ),
        ),
    )
    grids = (
        Grid("input", x.values, edits=x.edits, planes="channel"),
        Grid("squeezed", made.squeezed[None]),
        Grid("reduce", first[0][None], edits=reduce.edits),
        Grid("hidden", made.hidden[None]),
        Grid("expand", second[0][None], edits=expand.edits),
        Grid("gates", made.gate[None]),
        Grid("output", made.output[0], planes="channel"),
    )
    function = entry.torch_line.removesuffix("()")
    code = python_source(
        ("import torch", "import torch.nn.functional as F", "from torch import nn"),
        {
            "x": x.line,
            "z": "x.mean((2, 3))",
            "h": f"F.relu(F.linear(z, {reduce.line}, {tensor_literal(first[1])}))",
            "g": f"{function}()(F.linear(h, {expand.line}, {tensor_literal(second[1])}))",
            "y": "x * g[:, :, None, None]",
        },
    )
    weights = 2 * channels * squeeze
    facts = (
        FormulaLine(
            "parameters",
            f"{squeeze}·{channels} + {squeeze} + {channels}·{squeeze} + {channels} = {weights + squeeze + channels}",
        ),
    )
    return Board(grids, links, facts, code, made.output, "output", x.names)


def _weights(s: Mapping[str, Any], channels: int) -> tuple[InputValues, InputValues]:
    if s["weights_from"] == "random":
        squeeze = s["squeeze"]
        return random_values((squeeze, channels), 1, "reduce"), random_values((channels, squeeze), 2, "expand")
    squeeze = len(s["reduce"])
    for name, expected in (("reduce", (squeeze, channels)), ("expand", (channels, squeeze))):
        if tuple(s[name].shape) != expected:
            raise UserError("operations_shape", what=name, expected=expected, got=tuple(s[name].shape))
    return typed_values(s["reduce"], "reduce"), typed_values(s["expand"], "expand")


TAB = Tab("gate", SETTINGS, PRESETS, compute)
