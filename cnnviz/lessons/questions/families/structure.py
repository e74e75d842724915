"""Generators about what a layer is in its network: its output's shape, and how deep it lies."""

from collections.abc import Callable

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.links import architecture
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.lessons.questions.sentence import Sentence, shape_text
from cnnviz.lessons.questions.square_window import WINDOWS, has_square_window, window_of
from cnnviz.trace.record import LayerRecord, Trace

TOPIC = "questions/structure"
MOST_LAYERS = 40


def _draw_shape(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, *WINDOWS, where=has_square_window)
    window = window_of(row)
    channels, height, width = row.input_shapes[0]
    return {
        "layer": row.name,
        "kind": row.kind,
        "shape": row.input_shapes[0],
        "k": (window.kernel,) * 2,
        "side": window.kernel,
        "s": window.stride,
        "p": window.padding,
        "made": Sentence(
            TOPIC, "made.kernels" if row.operation == "convolution" else "made.pooling", {"c_out": row.shape[0]}
        ),
        "whole": int(row.settings.get("groups", 1) == 1 and row.operation == "convolution"),
        "c_in": channels,
        "c_out": row.shape[0],
        "height": height,
        "width": width,
        "out_height": window.positions(height),
        "out_width": window.positions(width),
        "without": tuple((side - window.kernel) // window.stride + 1 for side in (height, width)),
        "slid": tuple(side + 2 * window.padding - window.kernel + 1 for side in (height, width)),
    }


OUTPUT_SHAPE = Generator(
    name="output-shape",
    topic=TOPIC,
    draw=_draw_shape,
    right=lambda f: (f["c_out"], f["out_height"], f["out_width"]),
    wrong={
        "channels_kept": lambda f: (f["c_in"], f["out_height"], f["out_width"]),
        "channels_multiplied": lambda f: (
            (f["c_in"] * f["c_out"], f["out_height"], f["out_width"]) if f["whole"] else None
        ),
        "padding_forgotten": lambda f: (f["c_out"], *f["without"]),
        "stride_forgotten": lambda f: (f["c_out"], *f["slid"]),
        "size_kept": lambda f: (f["c_out"], f["height"], f["width"]),
        "channels_pooled": lambda f: (1, f["out_height"], f["out_width"]) if f["c_in"] == f["c_out"] else None,
    },
    form=lambda f, values: by_value(values, shape_text),
    link=architecture,
    difficulty=Difficulty(level=2),
)


def layers_on_path(trace: Trace, counts: Callable[[LayerRecord], bool]) -> dict[str, int]:
    """Return for each row the most rows that `counts` on a path from the image to it, itself included."""
    deepest = {"input": 0}
    for row in trace.layers:
        deepest[row.name] = max((deepest.get(name, 0) for name in row.inputs), default=0) + counts(row)
    return deepest


def _has_weights(row: LayerRecord) -> bool:
    return bool(row.macs)


def _draw_depth(network: TracedNetwork, draw: Draw) -> Facts:
    depths = layers_on_path(network.trace, _has_weights)
    rows = [
        row
        for row in network.trace.layers
        if row.macs and 2 <= depths[row.name] <= MOST_LAYERS and network.layer in ("", row.name)
    ]
    if not rows:
        raise NotApplicable("question_none", network=network.title)
    row = draw.one_of(rows)
    before = network.trace.layers[: network.trace.layers.index(row) + 1]
    return {
        "layer": row.name,
        "depth": depths[row.name],
        "pooling": layers_on_path(network.trace, lambda at: bool(at.macs) or at.family == "pool")[row.name],
        "norm": layers_on_path(network.trace, lambda at: bool(at.macs) or at.family == "norm")[row.name],
        "dense": layers_on_path(network.trace, lambda at: bool(at.macs) and at.operation != "linear")[row.name],
        "all": sum(bool(at.macs) for at in before),
        "everything": layers_on_path(network.trace, lambda at: True)[row.name],
    }


DEPTH = Generator(
    name="depth",
    topic=TOPIC,
    draw=_draw_depth,
    right=lambda f: f["depth"],
    wrong={
        "pooling_counted": lambda f: f["pooling"],
        "normalization_counted": lambda f: f["norm"],
        "dense_layers_forgotten": lambda f: f["dense"],
        "branches_counted_together": lambda f: f["all"],
        "every_operation_counted": lambda f: f["everything"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=2, largest=MOST_LAYERS),
)

GENERATORS = (OUTPUT_SHAPE, DEPTH)
