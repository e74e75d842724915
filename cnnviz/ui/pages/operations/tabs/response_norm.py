"""Tab: local response normalization across neighbouring channels."""

from collections.abc import Mapping
from typing import Any

from cnnviz.ops.response_norm import local_response_norm, neighbours
from cnnviz.options import Choice, Option, Real, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor, sum_of
from cnnviz.ui.pages.operations.input_sources import input_settings, input_values
from cnnviz.ui.pages.operations.tabs.pointwise import check_count, formula_link, python_source

SETTINGS = (
    *input_settings("1 ; 2 ; 3 ; 4 ; 5 ; 6", size="2", channels=6),
    Option("neighbours", Whole(1, 16), 5),
    Option("alpha", Real(0.0, 100.0, 0.0001), 0.0001),
    Option("exponent", Real(0.0, 10.0), 0.75),
    Option("constant", Real(0.01, 100.0, 0.5), 2.0),
    Option("form", Choice(("paper", "torch")), "paper"),
)
PRESETS = (
    Preset("worked"),
    Preset("torch", {"form": "torch", "alpha": 0.0005}),
    Preset("strong", {"alpha": 1.0, "constant": 1.0}),
    Preset("loud", {"x": "1 ; 1 ; 1 ; 20 ; 1 ; 1 ; 1", "alpha": 1.0, "neighbours": 3, "constant": 1.0}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return the channels before and after, each divided by what its neighbours say at the same pixel."""
    x = input_values(s)
    check_count(x.values)
    size, alpha, beta, k = s["neighbours"], s["alpha"], s["exponent"], s["constant"]
    divide = s["form"] == "torch"
    y = local_response_norm(x.values[None], size, alpha, beta, k, divide)[0]
    channels, cells = len(x.values), x.values[0].numel()
    flat = x.values.reshape(channels, cells)
    shown = f"{alpha:g}/{size}" if divide else f"{alpha:g}"

    def tell(place: int) -> tuple[list[tuple[str, int]], tuple[str, ...]]:
        channel, cell = divmod(place, cells)
        near = neighbours(channel, size, channels)
        squares = sum_of([f"{factor(float(flat[other, cell]))}²" for other in near])
        return (
            [("input", other * cells + cell) for other in near],
            (
                f"{decimal(float(flat[channel, cell]))} / ({k:g} + {shown}·({squares}))^{beta:g} = "
                f"{decimal(float(y.flatten()[place]))}",
            ),
        )

    grids = (Grid("input", x.values, edits=x.edits, planes="channel"), Grid("output", y, planes="channel"))
    in_torch = alpha if divide else alpha * size
    code = python_source(
        ("import torch", "import torch.nn.functional as F"),
        {"x": x.line, "y": f"F.local_response_norm(x, {size}, alpha={in_torch:.6g}, beta={beta:g}, k={k:g})"},
    )
    facts = (FormulaLine("torch_alpha", f"{alpha:g}" if divide else f"{alpha:g}·{size} = {in_torch:.6g}"),)
    return Board(
        grids, (formula_link("output", map(tell, range(x.values.numel()))),), facts, code, y[None], "output", x.names
    )


TAB = Tab("response_norm", SETTINGS, PRESETS, compute)
