"""Tab: a kernel learned from an input and a target alone."""

from collections.abc import Mapping
from typing import Any

import torch

from cnnviz.errors import UserError
from cnnviz.ops.learned_kernel import apply_kernel, learn_kernel
from cnnviz.ops.window import window_axes
from cnnviz.options import Option, Real, Whole
from cnnviz.ui.pages.operations.board import (
    Board,
    CellFormula,
    FormulaLine,
    FormulaLink,
    Grid,
    LineChart,
    Preset,
    Tab,
    WindowLink,
)
from cnnviz.ui.pages.operations.formulas import decimal, factor
from cnnviz.ui.pages.operations.input_sources import InputValues, plane_settings, plane_values, tensor_literal
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.tabs.sliding import check_size

EDGE = " / ".join(["1 1 0 0 0 0 1 1"] * 6)
STEPS = 10
SETTINGS = (
    *plane_settings(EDGE),
    Option("truth", Numbers(2), "1 -1"),
    Option("start", Numbers(2), "0 0"),
    Option("rate", Real(0.0, 1.0, 0.005), 0.03),
    Option("step", Whole(0, 50), STEPS),
)
PRESETS = (
    Preset("worked"),
    Preset("first", {"step": 0}),
    Preset("other", {"start": "0.5 0.5"}),
    Preset("longer", {"start": "0.5 0.5", "step": 40}),
    Preset("rate", {"rate": 0.2, "step": 4}),
    Preset("blur", {"truth": "0.25 0.5 0.25", "start": "0 0 0", "step": 30, "rate": 0.02}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return input, the kernel after so many steps, its output, the target, the error and the gradient.

    Raises:
        UserError: kernels of two sizes, or a rate with which the numbers grow without bound.
    """
    given = plane_values(s, scale=255 if s["from"] == "image" else 1)
    x, truth, start, rate, step = given.values, s["truth"], s["start"], s["rate"], s["step"]
    if truth.shape != start.shape:
        raise UserError("operations_shape", what="start", expected=tuple(truth.shape), got=tuple(start.shape))
    target = apply_kernel(x, truth)
    history = learn_kernel(x, target, start, rate, max(step, STEPS))
    now = history[step]
    if not torch.isfinite(now.gradient).all() or now.gradient.abs().max() > 1e12:
        raise UserError("operations_loss_grows", steps=step)
    check_size(now.output)
    rows, columns = window_axes(truth.shape)
    width = target.shape[1]
    cells = tuple(
        CellFormula(
            (("output", place), ("target", place)),
            (
                f"{decimal(float(now.output[place // width, place % width]))} − "
                f"{factor(float(target[place // width, place % width]))} = "
                f"{decimal(float((now.output - target).flatten()[place]))}",
            ),
        )
        for place in range(target.numel())
    )
    grids = (
        Grid("input", x[None], edits=given.edits),
        Grid("kernel", now.kernel[None], "kernel_now"),
        Grid("output", now.output[None]),
        Grid("target", target[None]),
        Grid("error", (now.output - target)[None]),
        Grid("gradient", now.gradient[None]),
    )
    losses = tuple(min(entry.loss, 1e12) for entry in history if entry.loss == entry.loss)
    facts = (
        FormulaLine("loss", f"Σ (y − t)² = {decimal(now.loss)}"),
        FormulaLine(
            "update",
            ", ".join(
                f"{factor(float(w))} − {rate:g}·{factor(float(g))} = {decimal(float(w - rate * g))}"
                for w, g in zip(now.kernel.flatten(), now.gradient.flatten(), strict=True)
            ),
        ),
        FormulaLine("away", decimal(float((now.kernel - truth).abs().max()))),
    )
    return Board(
        grids,
        (WindowLink("input", "output", rows, columns, "conv", "kernel"), FormulaLink("error", cells)),
        facts,
        _code(s, given),
        now.kernel,
        "output",
        given.names,
        curves=LineChart("learning", tuple(range(len(losses))), {"loss": losses}, step),
    )


def _code(s: Mapping[str, Any], given: InputValues) -> str:
    return "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            f"x = {given.line}",
            f"target = F.conv2d(x, {tensor_literal(s['truth'][None, None])})",
            f"weight = {tensor_literal(s['start'][None, None])}.requires_grad_()",
            f"for _ in range({s['step']}):",
            "    loss = ((F.conv2d(x, weight) - target) ** 2).sum()",
            "    loss.backward()",
            f"    weight.data -= {s['rate']:g} * weight.grad",
            "    weight.grad = None",
            "y = weight.detach()[0, 0]",
        ]
    )


TAB = Tab("learned", SETTINGS, PRESETS, compute)
