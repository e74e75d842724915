"""Tab: batch normalization, batch by batch, with its moving averages as torch and as the first edition keep them."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.batch_norm import MovingAverages, batch_norm, course_averages, torch_averages
from cnnviz.options import Choice, Option, Real, Whole
from cnnviz.ui.pages.operations.board import Board, FormulaLine, FormulaLink, Grid, Preset, Tab
from cnnviz.ui.pages.operations.formulas import decimal, factor, sum_of
from cnnviz.ui.pages.operations.input_sources import (
    InputValues,
    editable_name,
    input_settings,
    input_values,
    tensor_literal,
)
from cnnviz.ui.pages.operations.number_text import Numbers
from cnnviz.ui.pages.operations.tabs.pointwise import Source, check_count, formula_link, python_source

BATCHES = "1 10 / 3 20 / 5 30 / 7 40 ; 2 15 / 4 25 / 6 35 / 8 45 ; 0 12 / 2 22 / 4 32 / 6 42"
SETTINGS = (
    *input_settings(BATCHES, size="3,4", channels=2, name="batches", colour="rgb"),
    Option("batch", Whole(0, 64), 1),
    Option("phase", Choice(("training", "inference")), "training"),
    Option("kept", Choice(("course", "torch")), "course"),
    Option("momentum", Real(0.0, 1.0), 0.9),
    Option("eps", Choice(("1e-05", "0.001", "0.1")), "1e-05"),
    Option("gamma", Numbers(1), "1"),
    Option("beta", Numbers(1), "0"),
)
PRESETS = (
    Preset("worked"),
    Preset("second", {"batch": 2}),
    Preset("inference", {"batch": 3, "phase": "inference"}),
    Preset("untrained", {"batch": 0, "phase": "inference"}),
    Preset("untrained_torch", {"batch": 0, "phase": "inference", "kept": "torch"}),
    Preset("scaled", {"gamma": "2 0.5", "beta": "1 -1"}),
    Preset(
        "shifted", {"batches": BATCHES.replace("1 10 / 3 20 / 5 30 / 7 40", "101 110 / 103 120 / 105 130 / 107 140")}
    ),
    Preset("fast", {"momentum": 0.0, "batch": 2}),
)


def compute(s: Mapping[str, Any]) -> Board:
    """Return the batch, its statistics, x̂ and y, and both kinds of moving averages after it.

    Raises:
        UserError: `operations_one_value` or `operations_shape`.
    """
    given, eps = _batches(s), float(s["eps"])
    batches = given.values
    check_count(batches)
    channels = batches.shape[2]
    gamma, beta = (_per_channel(s[name], name, channels) for name in ("gamma", "beta"))
    seen = min(s["batch"], len(batches))
    if batches.shape[1] < 2 and (seen or s["phase"] == "training"):
        raise UserError("operations_one_value")
    shown = max(seen, 1) - 1
    x = batches[shown]
    before = {
        "course": _double(course_averages(channels, s["momentum"])),
        "torch": _double(torch_averages(channels, s["momentum"])),
    }
    after = dict(before)
    for batch in batches[:seen]:
        before = after
        after = {name: batch_norm(batch, gamma, beta, held, True, eps).averages for name, held in before.items()}
    training = s["phase"] == "training"
    step = batch_norm(x, gamma, beta, after[s["kept"]], training, eps)
    statistics = torch.stack([step.mean, step.variance])
    grids = (
        Grid("batch", x[None], edits=given.edits, whole=batches, first=shown * x.numel()),
        Grid("statistics", statistics[None], f"statistics_{s['phase']}"),
        Grid("normalized", step.normalized[None]),
        Grid("output", step.output[None]),
        *(Grid(f"kept_{name}", torch.stack([held.mean, held.variance])[None]) for name, held in after.items()),
    )
    links = (
        *_statistics(x, training, s, after),
        _normalized(x, step, eps),
        _scaled(step, gamma, beta),
        *(_averages(name, before[name], after[name], x, seen) for name in after),
    )
    code = _code(s, given, seen, gamma, beta)
    return Board(grids, links, _facts(s, step.variance, eps, x), code, step.output, "normalized", given.names)


def _batches(s: Mapping[str, Any]) -> InputValues:
    """Return (batches, examples, channels): of a picture or of random maps (C, H, W) each row is a batch of pixels."""
    given = input_values(s, "batches")
    if s["from"] == "numbers":
        return given
    values = given.values.permute(1, 2, 0).contiguous()
    line = f"({given.line.split('  #')[0]})[0].permute(1, 2, 0)"
    return InputValues(values, line, editable_name("batches", values), given.names)


def _per_channel(values: Tensor, name: str, channels: int) -> Tensor:
    if len(values) not in (1, channels):
        raise UserError("operations_shape", what=name, expected=f"({channels},)", got=f"({len(values)},)")
    return values.expand(channels)


def _double(held: MovingAverages) -> MovingAverages:
    return MovingAverages(held.mean.double(), held.variance.double(), held.momentum, held.unbiased)


def _statistics(
    x: Tensor, training: bool, s: Mapping[str, Any], after: Mapping[str, MovingAverages]
) -> tuple[FormulaLink, ...]:
    rows, channels = x.shape
    cells: list[Source] = []
    for row, channel in product(range(2), range(channels)):
        if not training:
            kept = (after[s["kept"]].mean, after[s["kept"]].variance)[row]
            cells.append((((f"kept_{s['kept']}", row * channels + channel),), (decimal(float(kept[channel])),)))
            continue
        values = x[:, channel]
        mean = float(values.mean())
        variance = float(values.var(correction=0))
        terms = (
            [factor(float(v)) for v in values]
            if row == 0
            else [f"({decimal(float(v))} − {factor(mean)})²" for v in values]
        )
        cells.append(
            (
                [("batch", place * channels + channel) for place in range(rows)],
                (f"({sum_of(terms)})/{rows} = {decimal(mean if row == 0 else variance)}",),
            )
        )
    return (formula_link("statistics", cells),)


def _normalized(x: Tensor, step: Any, eps: float) -> FormulaLink:
    channels = x.shape[1]
    return formula_link(
        "normalized",
        (
            (
                (("batch", place), ("statistics", place % channels), ("statistics", channels + place % channels)),
                (
                    f"({decimal(float(value))} − {factor(float(step.mean[place % channels]))}) / "
                    f"√({decimal(float(step.variance[place % channels]))} + {eps:g}) = "
                    f"{decimal(float(step.normalized.flatten()[place]))}",
                ),
            )
            for place, value in enumerate(x.flatten())
        ),
    )


def _scaled(step: Any, gamma: Tensor, beta: Tensor) -> FormulaLink:
    channels = len(gamma)
    return formula_link(
        "output",
        (
            (
                (("normalized", place),),
                (
                    f"{factor(float(gamma[place % channels]))}·{factor(float(value))} + "
                    f"{factor(float(beta[place % channels]))} = "
                    f"{decimal(float(step.output.flatten()[place]))}",
                ),
            )
            for place, value in enumerate(step.normalized.flatten())
        ),
    )


def _averages(name: str, before: MovingAverages, after: MovingAverages, x: Tensor, seen: int) -> FormulaLink:
    rows, channels = x.shape
    cells: list[Source] = []
    for row, channel in product(range(2), range(channels)):
        old, new = ((held.mean, held.variance)[row] for held in (before, after))
        if not seen:
            cells.append(((), (decimal(float(new[channel])),)))
            continue
        fresh = x[:, channel].mean() if row == 0 else x[:, channel].var(correction=int(after.unbiased))
        cells.append(
            (
                [("batch", place * channels + channel) for place in range(rows)],
                (
                    f"{after.momentum:g}·{factor(float(old[channel]))} + {1 - after.momentum:.4g}·"
                    f"{factor(float(fresh))} = {decimal(float(new[channel]))}",
                ),
            )
        )
    return formula_link(f"kept_{name}", cells)


def _facts(s: Mapping[str, Any], variance: Tensor, eps: float, x: Tensor) -> tuple[FormulaLine, ...]:
    factors = ", ".join(f"1/√({decimal(float(v))} + {eps:g}) = {decimal(float((v + eps) ** -0.5))}" for v in variance)
    return (
        FormulaLine("factor", factors),
        FormulaLine("torch_momentum", f"1 − {s['momentum']:g} = {1 - s['momentum']:.4g}"),
        FormulaLine("unbiased", f"{len(x)}/({len(x)} − 1) = {decimal(len(x) / (len(x) - 1))}" if len(x) > 1 else "—"),
    )


def _code(s: Mapping[str, Any], given: InputValues, seen: int, gamma: Tensor, beta: Tensor) -> str:
    """Return the PyTorch: torch keeps its own averages; those of the first edition are set and mixed by hand."""
    channels, momentum = given.values.shape[2], 1 - s["momentum"]
    line = tensor_literal(given.values) if s["from"] == "numbers" else given.line
    head = python_source(
        ("import torch", "from torch import nn"),
        {"batches": line, "bn": f"nn.BatchNorm1d({channels}, eps={s['eps']}, momentum={momentum:.6g})"},
        f"bn.weight.data, bn.bias.data = {tensor_literal(gamma)}, {tensor_literal(beta)}",
    )
    lines = [head]
    if s["kept"] == "course":
        lines += [
            "bn.running_var.zero_()  # the first edition starts at 0",
            f"for batch in batches[:{seen}]:",
            "    bn(batch)",
            f"    bn.running_var -= {momentum:.6g} * (batch.var(0) - batch.var(0, correction=0))",
        ]
    else:
        lines += [f"for batch in batches[:{seen}]:", "    bn(batch)"]
    mode = "train" if s["phase"] == "training" else "eval"
    return "\n".join([*lines, f"y = bn.{mode}()(batches[{max(seen, 1) - 1}]).detach()"])


TAB = Tab("batch_norm", SETTINGS, PRESETS, compute)
