"""Tab: convolution as a matrix product, in both forms, and what a dense layer in its place would cost."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.convolution_as_matrix import convolution_matrix, im2col
from cnnviz.ops.convolution_step import tap_sources
from cnnviz.ops.cross_correlation import cross_correlation2d
from cnnviz.ops.window import WindowAxis
from cnnviz.options import Choice, Option
from cnnviz.ui.pages.operations.board import Board, CellFormula, FormulaLine, FormulaLink, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, products
from cnnviz.ui.pages.operations.input_sources import (
    InputValues,
    input_settings,
    input_values,
    kernel_settings,
    kernel_values,
)
from cnnviz.ui.pages.operations.tabs.sliding import PADDING, PLAIN, STRIDE, format_python, window

MOST = 6000
SETTINGS = (
    *input_settings("0 1 2 / 3 4 5 / 6 7 8", size="6"),
    *kernel_settings("0 1 / 2 3", outputs=2),
    STRIDE,
    PADDING,
    Option("form", Choice(("columns", "sparse")), "columns"),
)
PRESETS = (
    Preset("worked"),
    Preset("sparse", {"form": "sparse"}),
    Preset(
        "channels",
        {
            "x": "0 1 2 / 3 4 5 / 6 7 8 ; 1 2 3 / 4 5 6 / 7 8 9",
            "kernel": "0 1 / 2 3 ; 1 2 / 3 4 | 1 0 / 0 1 ; 0 1 / 1 0",
        },
    ),
    Preset("dense", {"from": "random", "size": "6", "kernel_from": "random", "k": "3", "form": "sparse"}),
    Preset("one_by_one", {"x": "0 1 / 2 3 ; 4 5 / 6 7", "kernel": "1 ; -1 | 0.5 ; 0.5 | 0 ; 2"}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input, the matrix, what it multiplies, and the product."""
    s = {**PLAIN, **s}
    x = input_values(s)
    kernel = kernel_values(s, len(x.values))
    rows, columns = window(x.values, kernel.values, s)
    y = cross_correlation2d(x.values[None], kernel.values, stride=s["stride"], padding=s["padding"])
    settings = {"stride": s["stride"], "padding": s["padding"]}
    outputs, cells = y.shape[1], y[0, 0].numel()
    form = _columns if s["form"] == "columns" else _sparse
    wide = kernel.values[0].numel() * cells if s["form"] == "columns" else y[0].numel() * x.values.numel()
    _check(wide)
    grids, links = form(x.values, kernel, y, rows, columns, settings)
    first = Grid("input", x.values, edits=x.edits, planes="channel")
    return Board(
        (first, *grids),
        links,
        _facts(x.values, kernel.values, y),
        _code(x, kernel, s),
        y.reshape(outputs, cells),
        grids[-1].name,
        x.names,
    )


def _check(cells: int) -> None:
    if cells > MOST:
        raise UserError("operations_large", got=f"{cells:,}", limit=f"{MOST:,}")


def _columns(
    x: Tensor, given: InputValues, y: Tensor, rows: WindowAxis, columns: WindowAxis, settings: Mapping[str, Any]
) -> tuple[tuple[Grid, ...], tuple[FormulaLink, ...]]:
    """Return the grids with a column per window: kernels (O, C·kh·kw) times columns (C·kh·kw, H'·W')."""
    kernel = given.values
    wide = im2col(x[None], kernel.shape[-2:], **settings)[0]
    flat = kernel.flatten(1)
    places = _places(x, kernel, rows, columns, y)
    seen = tuple(
        CellFormula((("input", place),) if place is not None else (), (decimal(float(value)),))
        for place, value in zip((p for line in places for p in line), wide.flatten(), strict=True)
    )
    return (
        (
            Grid("kernel", flat[None], "kernel_rows", given.edits, whole=kernel),
            Grid("columns", wide[None]),
            Grid("output", y.flatten(2), "output_columns"),
        ),
        (FormulaLink("columns", seen), _product("output", "kernel", "columns", flat, wide, y.flatten())),
    )


def _sparse(
    x: Tensor, kernel: InputValues, y: Tensor, rows: WindowAxis, columns: WindowAxis, settings: Mapping[str, Any]
) -> tuple[tuple[Grid, ...], tuple[FormulaLink, ...]]:
    """Return the grids of the whole layer as one matrix (O·H'·W', C·H·W) times the flattened image."""
    matrix = convolution_matrix(kernel.values, (x.shape[-2], x.shape[-1]), **settings)
    flat = x.reshape(-1, 1)
    read = FormulaLink(
        "flat", tuple(CellFormula((("input", place),), (decimal(float(value)),)) for place, value in enumerate(flat))
    )
    return (
        (
            Grid("matrix", matrix[None]),
            Grid("flat", flat[None], "flat_column"),
            Grid("output", y.reshape(1, -1, 1), "output_flat"),
        ),
        (read, _product("output", "matrix", "flat", matrix, flat, y.flatten())),
    )


def _product(target: str, left: str, right: str, a: Tensor, b: Tensor, total: Tensor) -> FormulaLink:
    """Return the formulas of row times column; factors of 0 in the left matrix are not written out."""
    cells, inner, width = [], a.shape[1], b.shape[1]
    for place in range(a.shape[0] * width):
        row, column = divmod(place, width)
        used = [k for k in range(inner) if a[row, k] != 0] or [0]
        reads = [*((left, row * inner + k) for k in range(inner)), *((right, k * width + column) for k in used)]
        pairs = [(float(b[k, column]), float(a[row, k])) for k in used]
        cells.append(CellFormula(tuple(reads), (f"{products(pairs)} = {decimal(float(total[place]))}",)))
    return FormulaLink(target, tuple(cells))


def _places(x: Tensor, kernel: Tensor, rows: WindowAxis, columns: WindowAxis, y: Tensor) -> list[list[int | None]]:
    """Return the place in the image that each cell of the im2col matrix copies, None for padding."""
    height, width = x.shape[-2:]
    lines = []
    for channel in range(kernel.shape[1]):
        for i in range(rows.kernel):
            for j in range(columns.kernel):
                line: list[int | None] = []
                for unit in range(y[0, 0].numel()):
                    row = tap_sources(rows, unit // y.shape[-1], height)[i]
                    column = tap_sources(columns, unit % y.shape[-1], width)[j]
                    line.append(None if row is None or column is None else (channel * height + row) * width + column)
                lines.append(line)
    return lines


def _facts(x: Tensor, kernel: Tensor, y: Tensor) -> tuple[FormulaLine, ...]:
    outputs, inputs, height, width = kernel.shape
    before, after = "·".join(map(str, x.shape)), "·".join(map(str, y.shape[1:]))
    return (
        FormulaLine("conv_weights", f"{inputs}·{outputs}·{height}·{width} = {kernel.numel():,}"),
        FormulaLine("dense_weights", f"({before})·({after}) = {x.numel() * y.numel():,}"),
    )


def _code(x: InputValues, kernel: InputValues, s: Mapping[str, Any]) -> str:
    settings = "".join(f", {name}={format_python(s[name])}" for name in ("padding", "stride") if s[name] != PLAIN[name])
    lines = ["import torch", "import torch.nn.functional as F", "", f"x = {x.line}", f"weight = {kernel.line}"]
    if s["form"] == "sparse":
        return "\n".join(
            [
                *lines,
                f"slide = lambda x: F.conv2d(x, weight{settings})",
                "matrix = torch.func.jacrev(slide)(x).reshape(-1, x.numel())",
                "y = (matrix @ x.flatten()).reshape(len(weight), -1)",
            ]
        )
    size = tuple(kernel.values.shape[-2:])
    if s["padding"] in ("same", "valid"):
        rows, columns = window(x.values, kernel.values, s)
        around = (columns.before, columns.after, rows.before, rows.after)
        unfold = f"F.unfold(F.pad(x, {around}), {size}, stride={s['stride']})"
    else:
        unfold = f"F.unfold(x, {size}{settings})"
    return "\n".join([*lines, f"columns = {unfold}[0]", "y = weight.flatten(1) @ columns"])


TAB = Tab("matrix", SETTINGS, PRESETS, compute)
