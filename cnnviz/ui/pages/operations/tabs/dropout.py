"""Tab: dropout in training and in inference, scaled as torch does it and as the paper did."""

from collections.abc import Mapping
from typing import Any

import torch

from cnnviz.ops.dropout import dropout
from cnnviz.options import Choice, Option, Real, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor
from cnnviz.ui.pages.operations.input_sources import input_settings, input_values
from cnnviz.ui.pages.operations.tabs.pointwise import elementwise_link, python_source

SETTINGS = (
    *input_settings("1 2 3 4 / 5 6 7 8", size="6"),
    Option("share", Real(0.0, 1.0), 0.5),
    Option("phase", Choice(("training", "inference")), "training"),
    Option("scaling", Choice(("torch", "paper")), "torch"),
    Option("draw", Whole(0, 9999), 0),
)
PRESETS = (
    Preset("worked"),
    Preset("inference", {"phase": "inference"}),
    Preset("paper", {"scaling": "paper"}),
    Preset("paper_inference", {"scaling": "paper", "phase": "inference"}),
    Preset("most", {"share": 0.9}),
    Preset("all", {"share": 1.0}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return the input, the mask of numbers that stay, and the output."""
    x, p = input_values(s), s["share"]
    training, torch_way = s["phase"] == "training", s["scaling"] == "torch"
    y, kept = dropout(x.values, p, training, torch.Generator().manual_seed(s["draw"]), torch_way)
    stays, outputs = kept.flatten().tolist(), y.flatten().tolist()
    by = _scale(p, training, torch_way)

    def tell(place: int, value: float) -> str:
        if not stays[place]:
            return f"{factor(value)}·0 = 0"
        return f"{factor(value)}{by} = {decimal(outputs[place])}"

    grids = (
        Grid("input", x.values, edits=x.edits, planes="channel"),
        Grid("stays", kept.double(), planes="channel"),
        Grid("output", y, planes="channel"),
    )
    facts = (
        FormulaLine("expectation", f"(1 − {p:g})·x/(1 − {p:g}) = x" if torch_way and p < 1 else f"(1 − {p:g})·x"),
        FormulaLine("kept", f"{int(kept.sum())}/{kept.numel()} = {decimal(float(kept.double().mean()))}"),
    )
    code = python_source(("import torch", "from torch import nn"), {"x": x.line}, *_code(s, tuple(x.values.shape)))
    return Board(grids, (elementwise_link("output", "input", x.values, tell),), facts, code, y[None], "output", x.names)


def _scale(p: float, training: bool, torch_way: bool) -> str:
    if training:
        return f"/(1 − {p:g})" if torch_way and p < 1 else ""
    return "" if torch_way else f"·(1 − {p:g})"


def _code(s: Mapping[str, Any], shape: tuple[int, ...]) -> tuple[str, ...]:
    p = s["share"]
    if s["phase"] == "inference":
        return (f"y = nn.Dropout({p:g}).eval()(x)",) if s["scaling"] == "torch" else (f"y = x * (1 - {p:g})",)
    kept = f"kept = torch.rand({shape}, generator=torch.Generator().manual_seed({s['draw']})) >= {p:g}"
    scaled = f"x / (1 - {p:g})" if s["scaling"] == "torch" and p < 1 else "x"
    return (kept, f"y = torch.where(kept, {scaled}, 0.)")


TAB = Tab("dropout", SETTINGS, PRESETS, compute)
