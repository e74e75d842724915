"""Tab: true convolution, 1-D and 2-D, against cross-correlation: the flip, and f∗g = g∗f."""

from collections.abc import Mapping
from itertools import product
from typing import Any

from torch import Tensor

from cnnviz.ops.convolution import convolution2d, flipped, full_convolution2d
from cnnviz.ops.cross_correlation import cross_correlation2d
from cnnviz.ops.window import WindowAxis
from cnnviz.options import Choice, Option
from cnnviz.ui.pages.operations.board import Board, CellFormula, FormulaLine, FormulaLink, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, per_axis, products
from cnnviz.ui.pages.operations.input_sources import (
    plane_kernel_settings,
    plane_kernel_values,
    plane_settings,
    plane_values,
)
from cnnviz.ui.pages.operations.tabs.pointwise import check_count

SETTINGS = (
    *plane_settings("1 2 3 4", size="12", name="f"),
    *plane_kernel_settings("1 0 -1", name="g"),
    Option("way", Choice(("full", "swapped", "inside", "correlation")), "full"),
)
IMAGE = "0 1 2 / 3 4 5 / 6 7 8"
PRESETS = (
    Preset("worked"),
    Preset("commutes", {"way": "swapped"}),
    Preset("plane", {"f": IMAGE, "g": "0 1 / 2 3"}),
    Preset("flip", {"f": IMAGE, "g": "0 1 / 2 3", "way": "inside"}),
    Preset("unflipped", {"f": IMAGE, "g": "3 2 / 1 0", "way": "correlation"}),
    Preset("smooth", {"f": "0 0 6 6 0 0 3 0", "g": "0.25 0.5 0.25"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return f, g and what one makes of the other, every number as its sum over τ."""
    one, other, way = plane_values(s, "f"), plane_kernel_values(s, "g"), s["way"]
    if way == "swapped":
        one, other = other, one
    f, g = one.values, other.values
    full = way in ("full", "swapped")
    made = _made(f, g, way)
    check_count(made)
    rows, columns = (WindowAxis(taps, 1, *(2 * (taps - 1,) if full else (0, 0))) for taps in g.shape)
    turned = g if way == "correlation" else flipped(g)
    cells = tuple(
        _cell(f, g, turned, rows.positions(y), columns.positions(x), float(made[y, x]), way)
        for y, x in product(range(made.shape[0]), range(made.shape[1]))
    )
    grids = (
        Grid("f", f[None], "g" if way == "swapped" else "f", edits=one.edits),
        Grid("g", g[None], "f" if way == "swapped" else "g", edits=other.edits),
        Grid("output", made[None], "f_g"),
    )
    padding = f", padding={tuple(taps - 1 for taps in g.shape)}" if full else ""
    kernel = "g" if way == "correlation" else "g.flip(-2, -1)"
    code = "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            f"f = {one.line}",
            f"g = {other.line}",
            f"y = F.conv2d(f, {kernel}{padding})",
        ]
    )
    names = {**one.names, **other.names}
    return Board(
        grids, (FormulaLink("output", cells),), _facts(f, g, made, full), code, made[None, None], "output", names
    )


def _made(f: Tensor, g: Tensor, way: str) -> Tensor:
    if way == "correlation":
        return cross_correlation2d(f[None, None], g[None, None])[0, 0]
    if way == "inside":
        WindowAxis(g.shape[0]).units(f.shape[0])
        WindowAxis(g.shape[1]).units(f.shape[1])
        return convolution2d(f, g)
    return full_convolution2d(f, g)


def _cell(f: Tensor, g: Tensor, turned: Tensor, rows: range, columns: range, total: float, way: str) -> CellFormula:
    """Return Σ f(m, n) g(i − m, j − n) over the places of f under the turned g."""
    reads, pairs = [], []
    for (i, row), (j, column) in product(enumerate(rows), enumerate(columns)):
        if 0 <= row < f.shape[0] and 0 <= column < f.shape[1]:
            tap = (i, j) if way == "correlation" else (g.shape[0] - 1 - i, g.shape[1] - 1 - j)
            reads += [("f", row * f.shape[1] + column), ("g", tap[0] * g.shape[1] + tap[1])]
            pairs.append((float(f[row, column]), float(turned[i, j])))
    return CellFormula(tuple(reads), (f"{products(pairs)} = {decimal(total)}",))


def _facts(f: Tensor, g: Tensor, made: Tensor, full: bool) -> tuple[FormulaLine, ...]:
    sign = "+" if full else "−"
    lengths = [
        f"{a} {sign} {b} {'−' if full else '+'} 1 = {n}" for a, b, n in zip(f.shape, g.shape, made.shape, strict=True)
    ]
    return tuple(FormulaLine(*each) for each in per_axis("", *lengths))


TAB = Tab("convolution", SETTINGS, PRESETS, compute)
