"""Shared parts of the tabs with a sliding kernel: settings, board, formulas and code of a convolution."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.cross_correlation import cross_correlation2d
from cnnviz.ops.padding import PADDING_MODES, check_padding
from cnnviz.ops.window import WindowAxis, window_axes
from cnnviz.options import Choice, Option, Pair, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, Grid, WindowLink
from cnnviz.ui.pages.operations.formulas import course_size, per_axis, size_formula
from cnnviz.ui.pages.operations.input_sources import InputValues, input_values, kernel_values, tensor_literal
from cnnviz.ui.pages.operations.number_text import Numbers

MOST_CELLS = 400_000
BIAS = Option("bias", Numbers(1), "0")
STRIDE = Option("stride", Pair(1, 32), "1")
PADDING = Option("padding", Pair(0, 64, ("same", "valid")), "0")
DILATION = Option("dilation", Pair(1, 16), "1")
GROUPS = Option("groups", Whole(1, 8), 1)
MODE = Option("mode", Choice(tuple(PADDING_MODES)), "zeros")
PLAIN: Mapping[str, Any] = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1, "mode": "zeros"}


def convolution_board(s: Mapping[str, Any]) -> Board:
    """Return input, kernels and output of one convolution, as the settings say.

    Raises:
        UserError: settings that torch refuses too, or more numbers than a page can show.
    """
    s = {**PLAIN, **s}
    x = input_values(s)
    channels = len(x.values)
    kernel = kernel_values(s, max(1, channels // s["groups"]))
    bias = bias_for(s.get("bias", torch.zeros(1)), len(kernel.values))
    rows, columns = window(x.values, kernel.values, s)
    output = cross_correlation2d(
        x.values[None], kernel.values, bias, s["stride"], s["padding"], s["dilation"], s["groups"], s["mode"]
    )
    check_size(output)
    link = WindowLink("input", "output", rows, columns, "conv", "kernel", tuple(bias.tolist()), s["groups"], s["mode"])
    per = kernel.values.shape[1]
    grids = (
        Grid("input", x.values, edits=x.edits, planes="channel"),
        Grid("kernel", kernel.values.flatten(0, 1), edits=kernel.edits, planes="tap" if per > 1 else "filter", per=per),
        Grid("output", output[0], planes="filter"),
    )
    return Board(
        grids,
        (link,),
        convolution_facts(x.values, kernel.values, output, rows, columns, s["groups"]),
        convolution_code(x, kernel, bias, s),
        output,
        "output",
        x.names,
    )


def window(x: Tensor, kernel: Tensor, s: Mapping[str, Any]) -> tuple[WindowAxis, WindowAxis]:
    """Return the rows and columns of a kernel (…, kh, kw) on an input (…, H, W)."""
    rows, columns = window_axes(kernel.shape[-2:], s["stride"], s["padding"], s["dilation"])
    for line, length in ((rows, x.shape[-2]), (columns, x.shape[-1])):
        check_padding(length, (line.before, line.after), s["mode"])
    return rows, columns


def bias_for(bias: Tensor, outputs: int) -> Tensor:
    """Return (O,) from one number for all or one for each.

    Raises:
        UserError: `operations_shape`.
    """
    if len(bias) not in (1, outputs):
        raise UserError("operations_shape", what="bias", expected=f"({outputs},)", got=f"({len(bias)},)")
    return bias.double().expand(outputs)


def check_size(*grids: Tensor) -> None:
    """Raise unless each of `grids` can be shown.

    Raises:
        UserError: `operations_large`.
    """
    for grid in grids:
        if grid.numel() > MOST_CELLS:
            raise UserError("operations_large", got=f"{grid.numel():,}", limit=f"{MOST_CELLS:,}")


def convolution_facts(
    x: Tensor, kernel: Tensor, output: Tensor, rows: WindowAxis, columns: WindowAxis, groups: int
) -> tuple[FormulaLine, ...]:
    """Return output size, the course's form of it, parameters and multiply-adds."""
    outputs, per, height, width = kernel.shape
    lines = tuple(zip((rows, columns), x.shape[-2:], output.shape[-2:], strict=True))
    facts = [FormulaLine(*each) for each in per_axis("", *(size_formula(*line) for line in lines))]
    if rows.dilation == columns.dilation == 1:
        facts += [FormulaLine(*each) for each in per_axis("course_", *(course_size(*line) for line in lines))]
    inputs = f"({per * groups}/{groups})" if groups > 1 else str(per)
    weights = outputs * per * height * width
    cells = output.shape[-2] * output.shape[-1]
    facts.append(FormulaLine("parameters", f"{outputs}·{inputs}·{height}·{width} + {outputs} = {weights + outputs:,}"))
    facts.append(
        FormulaLine(
            "multiply_adds",
            f"{outputs}·{inputs}·{height}·{width}·{output.shape[-2]}·{output.shape[-1]} = {weights * cells:,}",
        )
    )
    return tuple(facts)


def convolution_code(x: InputValues, kernel: InputValues, bias: Tensor, s: Mapping[str, Any]) -> str:
    """Return the same as PyTorch; `y` holds the output (1, O, H', W')."""
    settings = {name: s[name] for name in ("stride", "padding", "dilation", "groups") if s[name] != PLAIN[name]}
    said = "".join(f", {name}={format_python(value)}" for name, value in settings.items())
    lines = [
        "import torch",
        "import torch.nn.functional as F",
        "",
        f"x = {x.line}",
        f"weight = {kernel.line}",
        f"bias = {tensor_literal(bias)}",
    ]
    if s["mode"] == "zeros":
        return "\n".join([*lines, f"y = F.conv2d(x, weight, bias{said})"])
    outputs, per, height, width = kernel.values.shape
    lines[1] = "from torch import nn"
    mode = f'padding_mode="{s["mode"]}"'
    return "\n".join(
        [
            *lines,
            f"conv = nn.Conv2d({per * s['groups']}, {outputs}, ({height}, {width}){said}, {mode})",
            "conv.weight.data, conv.bias.data = weight, bias",
            "y = conv(x)",
        ]
    )


def format_python(value: Any) -> str:
    """Return a setting as Python: `(2, 2)` as 2, words in quotes."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple) and value[0] == value[1]:
        return str(value[0])
    return str(value)
