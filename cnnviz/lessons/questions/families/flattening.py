"""Generators about the order of values in a flattened map."""

from math import prod

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import CellForm, NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/flattening"


def _is_flatten(row: LayerRecord) -> bool:
    before = row.input_shapes[0] if row.input_shapes else ()
    return len(before) == 3 and row.shape == (prod(before),) and min(before) > 1


def _draw_index(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(draw, "view", where=_is_flatten)
    channels, height, width = row.input_shapes[0]
    channel, line, column = draw.between(1, channels - 1), draw.below(height), draw.below(width)
    if line == column:
        return None
    index = channel * height * width + line * width + column
    return {
        "layer": row.name,
        "shape": row.input_shapes[0],
        "reads": row.inputs[0],
        "channels": channels,
        "height": height,
        "width": width,
        "channel": channel,
        "row": line,
        "column": column,
        "index": index,
        "unit": (index,),
        "per_channel": height * width,
        "inside": index % (height * width),
    }


FLATTEN_INDEX = Generator(
    name="flatten-index",
    topic=TOPIC,
    draw=_draw_index,
    right=lambda f: f["channel"] * f["per_channel"] + f["row"] * f["width"] + f["column"],
    wrong={
        "channels_last": lambda f: (f["row"] * f["width"] + f["column"]) * f["channels"] + f["channel"],
        "rows_and_columns_swapped": lambda f: f["channel"] * f["per_channel"] + f["column"] * f["height"] + f["row"],
        "channels_forgotten": lambda f: f["row"] * f["width"] + f["column"],
        "counted_from_one": lambda f: f["channel"] * f["per_channel"] + f["row"] * f["width"] + f["column"] + 1,
    },
    form=lambda f, _: NumberForm(),
    link=walkthrough,
    difficulty=Difficulty(level=2, largest=200_000),
)

FLATTEN_SOURCE = Generator(
    name="flatten-source",
    topic=TOPIC,
    draw=_draw_index,
    right=lambda f: divmod(f["index"] % f["per_channel"], f["width"]),
    wrong={
        "rows_and_columns_swapped": lambda f: divmod(f["index"] % f["per_channel"], f["height"])[::-1],
        "channels_last": lambda f: divmod(f["index"] // f["channels"], f["width"]),
        "counted_from_one": lambda f: divmod((f["index"] - 1) % f["per_channel"], f["width"]),
    },
    form=lambda f, _: CellForm(f["reads"], f["height"], f["width"], channel=f["channel"]),
    link=walkthrough,
    difficulty=Difficulty(level=2),
)

GENERATORS = (FLATTEN_INDEX, FLATTEN_SOURCE)
