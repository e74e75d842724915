"""Generators about the sum behind one value of a convolution, on real numbers."""

from typing import Any

from torch import Tensor

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import FillForm, Grid, NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene, ShownGrid
from cnnviz.lessons.questions.rounding import steady, steady_values
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.ops.convolution_step import ConvolutionStep, convolution_step, gather_window, tap_sources
from cnnviz.ops.window import WindowAxis
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/sums"
MOST_CHANNELS = 16
LARGEST_KERNEL = 5
TOLERANCE = 1e-3
"""Between a value and the sum of its parts, as a share of it."""
Plane = tuple[tuple[float, ...], ...]


def _step(network: TracedNetwork, row: LayerRecord, unit: tuple[int, ...]) -> ConvolutionStep | None:
    """Return the parts of a value; None for a layer that computes in another way than its weights and settings say."""
    values, s = network.values(), row.settings
    module: Any = values.module(row.name)
    if module is None or module.weight.dim() != 4:
        return None
    step = convolution_step(
        values.inputs(row.name)[0][0],
        module.weight.detach(),
        None if module.bias is None else module.bias.detach(),
        *unit,
        stride=s["stride"],
        padding=s["padding"],
        dilation=s["dilation"],
        groups=s["groups"],
        padding_mode=s.get("padding_mode", "zeros"),
    )
    value = values.output(row.name)[0][unit].item()
    return step if abs(step.total - value) <= TOLERANCE * max(1.0, abs(value)) else None


def _draw_channels(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A value as the sums over its input channels, two digits each, and the bias."""
    network.values()
    row = network.pick(draw, "convolution", where=_has_few_channels)
    unit = tuple(draw.below(side) for side in row.shape)
    step = _step(network, row, unit)
    if step is None:
        return None
    sums, bias = steady_values(step.channel_sums[None], 2), steady(step.bias, 2)
    if bias is None or sums is None or sum(value != 0 for value in sums[0]) < 2:
        return None
    return {
        "layer": row.name,
        "unit": unit,
        "channel": unit[0],
        "row": unit[1],
        "column": unit[2],
        "count": len(sums[0]),
        "sums": sums,
        "total": round(sum(sums[0]), 2),
        "bias": bias,
    }


def _has_few_channels(row: LayerRecord) -> bool:
    per_group = row.settings["in_channels"] // row.settings["groups"]
    return len(row.shape) == 3 and "padding_end" not in row.settings and 1 < per_group <= MOST_CHANNELS


CHANNEL_SUM = Generator(
    name="channel-sum",
    topic=TOPIC,
    draw=_draw_channels,
    right=lambda f: round(f["total"] + f["bias"], 2),
    wrong={
        "bias_forgotten": lambda f: f["total"] if f["bias"] else None,
        "channels_averaged": lambda f: round(f["total"] / f["count"] + f["bias"], 4),
        "one_channel_only": lambda f: round(f["sums"][0][0] + f["bias"], 2),
        "activation_included": lambda f: max(0.0, round(f["total"] + f["bias"], 2)),
    },
    form=lambda f, _: NumberForm(tolerance=0.005),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], unit=f["unit"], grids=(ShownGrid(Sentence(TOPIC, "sums"), f["sums"]),)),
    difficulty=Difficulty(level=2, largest=1000, cells=MOST_CHANNELS),
    needs_image=True,
)


def _is_small(row: LayerRecord) -> bool:
    kernel = row.settings["kernel_size"]
    return len(row.shape) == 3 and "padding_end" not in row.settings and 1 < max(kernel) <= LARGEST_KERNEL


def _draw_window(network: TracedNetwork, draw: Draw) -> Facts | None:
    """One channel's window and kernel, two digits each, and a row with at least two products that are not 0."""
    values = network.values()
    row = network.pick(draw, "convolution", where=_is_small)
    unit = tuple(draw.below(side) for side in row.shape)
    per_group = row.settings["in_channels"] // row.settings["groups"]
    part = draw.below(per_group)
    reads = unit[0] // (row.shape[0] // row.settings["groups"]) * per_group + part
    window = steady_values(_window(values.inputs(row.name)[0][0, reads], row, unit), 2)
    if window is None or all(sum(value != 0 for value in line) < 2 for line in window):
        return None
    step = _step(network, row, unit)
    kernel = None if step is None else steady_values(step.kernel[part], 2)
    if kernel is None:
        return None
    products = _products(window, kernel)
    busy = [at for at, line in enumerate(products) if sum(product != 0 for product in line) > 1]
    if not busy:
        return None
    return {
        "layer": row.name,
        "reads": row.inputs[0],
        "reads_channel": reads,
        "unit": unit,
        "channel": unit[0],
        "row": unit[1],
        "column": unit[2],
        "window": window,
        "kernel": kernel,
        "line": draw.one_of(busy),
        "count": len(window[0]),
    }


def _window(plane: Tensor, row: LayerRecord, unit: tuple[int, ...]) -> Tensor:
    """Return the values of one channel that a unit reads, (kh, kw)."""
    s = row.settings
    rows, columns = (
        tap_sources(
            WindowAxis(s["kernel_size"][axis], s["stride"][axis], *(2 * (s["padding"][axis],)), s["dilation"][axis]),
            unit[1 + axis],
            plane.shape[axis],
            s.get("padding_mode", "zeros"),
        )
        for axis in range(2)
    )
    return gather_window(plane, rows, columns)


def _products(window: Plane, kernel: Plane) -> Plane:
    return tuple(
        tuple(round(value * weight, 4) + 0.0 for value, weight in zip(*lines, strict=True))
        for lines in zip(window, kernel, strict=True)
    )


def _flipped(kernel: Plane) -> Plane:
    return tuple(tuple(reversed(line)) for line in reversed(kernel))


def _scene(facts: Facts) -> Scene:
    reads = {"reads": facts["reads"]}
    return Scene(
        layer=facts["layer"],
        unit=facts["unit"],
        grids=(
            ShownGrid(Sentence(TOPIC, "window", reads), facts["window"]),
            ShownGrid(Sentence(TOPIC, "kernel"), facts["kernel"]),
        ),
    )


def _row_sum(facts: Facts, kernel: Plane) -> float:
    line = facts["line"]
    return round(sum(value * weight for value, weight in zip(facts["window"][line], kernel[line], strict=True)), 4)


WINDOW_SUM = Generator(
    name="window-sum",
    topic=TOPIC,
    draw=_draw_window,
    right=lambda f: _row_sum(f, f["kernel"]),
    wrong={
        "kernel_flipped": lambda f: _row_sum(f, _flipped(f["kernel"])),
        "kernel_transposed": lambda f: (
            _row_sum(f, tuple(zip(*f["kernel"], strict=True))) if len(f["kernel"]) == f["count"] else None
        ),
        "weights_ignored": lambda f: round(sum(f["window"][f["line"]]), 4),
        "products_averaged": lambda f: round(_row_sum(f, f["kernel"]) / f["count"], 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.002),
    link=walkthrough,
    scene=_scene,
    difficulty=Difficulty(level=2, largest=1000, cells=2 * LARGEST_KERNEL**2),
    needs_image=True,
)


def _given(facts: Facts) -> Grid:
    return ((None,) * len(facts["window"][0]),)


PRODUCTS_ROW = Generator(
    name="products-row",
    topic=TOPIC,
    draw=_draw_window,
    right=lambda f: (_products(f["window"], f["kernel"])[f["line"]],),
    wrong={
        "kernel_flipped": lambda f: (_products(f["window"], _flipped(f["kernel"]))[f["line"]],),
        "added_for_multiplied": lambda f: (
            tuple(
                round(value + weight, 4)
                for value, weight in zip(f["window"][f["line"]], f["kernel"][f["line"]], strict=True)
            ),
        ),
        "weights_ignored": lambda f: (f["window"][f["line"]],),
    },
    form=lambda f, _: FillForm(_given(f), tolerance=0.002),
    link=walkthrough,
    scene=_scene,
    difficulty=Difficulty(level=2, largest=1000, cells=2 * LARGEST_KERNEL**2),
    needs_image=True,
)

GENERATORS = (PRODUCTS_ROW, WINDOW_SUM, CHANNEL_SUM)
