"""Tab: flatten (or the mean of each map), dense layer, softmax, cross-entropy."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.average_pool import global_average_pool
from cnnviz.ops.dense import dense, flatten
from cnnviz.ops.softmax import cross_entropy, softmax
from cnnviz.options import Choice, Option, Real, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, FormulaLink, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor, sum_of, weighted_sum
from cnnviz.ui.pages.operations.input_sources import (
    InputValues,
    input_settings,
    input_values,
    random_values,
    typed_values,
)
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.tab_options import typed, where
from cnnviz.ui.pages.operations.tabs.pointwise import check_count, formula_link, python_source
from cnnviz.ui.pages.operations.tabs.sliding import bias_for

SETTINGS = (
    *input_settings("1 2 / 3 4 ; 0 1 / -1 0", size="3", channels=2),
    Option("head", Choice(("flatten", "mean")), "flatten"),
    Option("weights_from", Choice(("numbers", "random")), "numbers"),
    typed("weight", 2, "1 0 0 0 1 0 0 0 / 0 0.5 0 0 0 0 -1 0 / 0 0 0 0.5 0 0 0 2", "weights_from"),
    Option("classes", Whole(1, 12), 3, where("weights_from", "random")),
    Option("bias", Numbers(1), "0"),
    Option("target", Whole(0, 11), 0),
    Option("smoothing", Real(0.0, 1.0), 0.0),
)
PRESETS = (
    Preset("worked"),
    Preset("index", {"x": "0 1 2 / 3 4 5 ; 6 7 8 / 9 10 11", "weights_from": "random"}),
    Preset("wrong", {"target": 2}),
    Preset("uniform", {"weight": "0 0 0 0 0 0 0 0 / 0 0 0 0 0 0 0 0 / 0 0 0 0 0 0 0 0"}),
    Preset("shifted", {"bias": "100"}),
    Preset("smoothed", {"smoothing": 0.1}),
    Preset("mean", {"head": "mean", "weight": "1 0 / 0 1"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return maps, features, weights, scores, probabilities and the loss.

    Raises:
        UserError: weights that do not fit the features, or a target that is no class.
    """
    x = input_values(s)
    check_count(x.values)
    features = (flatten if s["head"] == "flatten" else global_average_pool)(x.values[None])
    weight = _weights(s, features.shape[1])
    classes = len(weight.values)
    if s["target"] >= classes:
        raise UserError("operations_shape", what="target", expected=f"0–{classes - 1}", got=s["target"])
    bias = bias_for(s["bias"], classes)
    scores = dense(features, weight.values, bias)
    chances = softmax(scores)
    loss = cross_entropy(scores, torch.tensor([s["target"]]), s["smoothing"])
    grids = (
        Grid("input", x.values, edits=x.edits, planes="channel"),
        Grid("features", features[None]),
        Grid("weight", weight.values[None], edits=weight.edits),
        Grid("scores", scores[None]),
        Grid("probabilities", chances[None]),
        Grid("loss", loss[None, None]),
    )
    links = (
        _features(x.values, features, s["head"]),
        _scores(features, weight.values, bias, scores),
        _chances(scores, chances),
        _loss(chances, loss, s["target"], s["smoothing"]),
    )
    size = features.shape[1]
    head = "x.flatten(1)" if s["head"] == "flatten" else "x.mean((2, 3))"
    smooth = f", label_smoothing={s['smoothing']:g}" if s["smoothing"] else ""
    code = python_source(
        ("import torch", "import torch.nn.functional as F"),
        {
            "x": x.line,
            "weight": weight.line,
            "bias": f"torch.tensor({bias.tolist()})",
            "scores": f"F.linear({head}, weight, bias)",
            "p": "scores.softmax(1)",
            "y": f"F.cross_entropy(scores, torch.tensor([{s['target']}]){smooth})",
        },
    )
    facts = (
        FormulaLine("parameters", f"{classes}·{size} + {classes} = {classes * size + classes:,}"),
        FormulaLine(
            "sum_of_chances", f"{sum_of([decimal(float(p)) for p in chances[0]])} = {decimal(float(chances.sum()))}"
        ),
        FormulaLine("chance_level", f"ln {classes} = {decimal(float(torch.tensor(float(classes)).log()))}"),
    )
    return Board(grids, links, facts, code, loss[0], "scores", x.names)


def _weights(s: Mapping[str, Any], features: int) -> InputValues:
    if s["weights_from"] == "random":
        return random_values((s["classes"], features), 1, "weight")
    if s["weight"].shape[1] != features:
        raise UserError("operations_shape", what="weight", expected=f"K×{features}", got=tuple(s["weight"].shape))
    return typed_values(s["weight"], "weight")


def _features(x: Tensor, features: Tensor, head: str) -> FormulaLink:
    channels, height, width = x.shape
    flat = x.flatten().tolist()
    if head == "flatten":
        cells = []
        for place, value in enumerate(flat):
            channel, row, column = place // (height * width), place // width % height, place % width
            cells.append(
                (
                    (("input", place),),
                    (f"({channel}·{height} + {row})·{width} + {column} = {place}", f"x = {decimal(value)}"),
                )
            )
        return formula_link("features", cells)
    area = height * width
    return formula_link(
        "features",
        (
            (
                [("input", channel * area + place) for place in range(area)],
                (
                    f"({sum_of([factor(v) for v in flat[channel * area : (channel + 1) * area]])})/{area} = "
                    f"{decimal(float(features[0, channel]))}",
                ),
            )
            for channel in range(channels)
        ),
    )


def _scores(features: Tensor, weight: Tensor, bias: Tensor, scores: Tensor) -> FormulaLink:
    size = features.shape[1]
    return formula_link(
        "scores",
        (
            (
                [
                    *(("features", place) for place in range(size)),
                    *(("weight", row * size + place) for place in range(size)),
                ],
                (
                    f"{weighted_sum(features[0].tolist(), weight[row].tolist(), float(bias[row]))} = "
                    f"{decimal(float(scores[0, row]))}",
                ),
            )
            for row in range(len(weight))
        ),
    )


def _chances(scores: Tensor, chances: Tensor) -> FormulaLink:
    values = scores[0].tolist()
    top = max(values)
    below = sum_of([f"e^({decimal(value - top)})" for value in values])
    return formula_link(
        "probabilities",
        (
            (
                [("scores", place) for place in range(len(values))],
                (f"e^({decimal(values[row] - top)}) / ({below}) = {decimal(float(chances[0, row]))}",),
            )
            for row in range(len(values))
        ),
    )


def _loss(chances: Tensor, loss: Tensor, target: int, smoothing: float) -> FormulaLink:
    p = chances[0].tolist()
    if not smoothing:
        return formula_link(
            "loss", [([("probabilities", target)], (f"−ln {decimal(p[target])} = {decimal(float(loss))}",))]
        )
    logs = sum_of([f"ln {decimal(chance)}" for chance in p])
    line = f"−(1 − {smoothing:g})·ln {decimal(p[target])} − {smoothing:g}/{len(p)}·({logs}) = {decimal(float(loss))}"
    return formula_link("loss", [([("probabilities", place) for place in range(len(p))], (line,))])


TAB = Tab("dense", SETTINGS, PRESETS, compute)
