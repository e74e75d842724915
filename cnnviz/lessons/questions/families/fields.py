"""Generators about receptive fields: their size, and where they begin."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import CellForm, NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.lessons.questions.square_window import SquareWindow, square_window
from cnnviz.trace.operations import is_elementwise
from cnnviz.trace.record import LayerRecord, Trace

TOPIC = "questions/fields"
MOST_WINDOWS = 6
"""Windows after each other that a person reckons with."""
CLICKABLE = 64
"""Pixels on a side up to which each one can be hit."""


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window on the way from the image to a unit, with the layer that has it."""

    layer: str
    window: SquareWindow


def windows_up_to(trace: Trace, row: LayerRecord) -> tuple[NamedWindow, ...] | None:
    """Return the windows from the image to `row`, where branches meet along the one that sees most.

    None where the way cannot be followed by sizes, strides and paddings alone, or is longer than `MOST_WINDOWS`.
    """
    found: list[NamedWindow] = []
    at = row
    while True:
        window = square_window(at)
        if window is not None:
            if window.kernel > 1 or window.stride > 1:
                found.append(NamedWindow(at.name, window))
        elif not (is_elementwise(at.operation) or at.operation in ("batch_norm", "cat", "local_response_norm")):
            return None
        if len(found) > MOST_WINDOWS or not at.inputs:
            return None
        sizes = [field.size or (0, 0) for field in at.input_fields]
        name = at.inputs[sizes.index(max(sizes))]
        if name == "input":
            break
        at = trace[name]
    found.reverse()
    field = row.receptive_field
    size, jump, start = reckoned_field([named.window for named in found])
    if (field.size, field.stride, field.start) != ((size, size), (jump, jump), (start, start)):
        return None
    return tuple(found)


def reckoned_field(windows: Sequence[SquareWindow]) -> tuple[int, int, int]:
    """Return size, stride and start of the field behind windows: size + (k − 1)·jump, jump·s, start − p·jump."""
    size, jump, start = 1, 1, 0
    for window in windows:
        size += (window.kernel - 1) * jump
        start -= window.padding * jump
        jump *= window.stride
    return size, jump, start


Way = tuple[LayerRecord, tuple[NamedWindow, ...]]


def _ways(network: TracedNetwork) -> list[Way]:
    """Return the rows with a window that have at least one other window below them, with the windows up to them."""
    ways = []
    for row in network.trace.layers:
        if network.layer in ("", row.name) and square_window(row) is not None:
            way = windows_up_to(network.trace, row)
            if way is not None and len(way) > 1 and way[-1].layer == row.name and way[-1].window.kernel > 1:
                ways.append((row, way))
    return ways


def _draw_way(network: TracedNetwork, draw: Draw) -> Way:
    ways = network.once("ways", lambda: _ways(network))
    if not ways:
        raise NotApplicable("question_none", network=network.title)
    return draw.one_of(ways)


def _chain(way: Sequence[NamedWindow]) -> list[Sentence]:
    return [
        Sentence(
            TOPIC,
            "window",
            {
                "layer": named.layer,
                "k": (named.window.kernel,) * 2,
                "s": named.window.stride,
                "p": named.window.padding,
            },
        )
        for named in way
    ]


def _way_facts(row: LayerRecord, way: Sequence[NamedWindow]) -> Facts:
    before, jump, _ = reckoned_field([named.window for named in way[:-1]])
    last = way[-1].window
    return {
        "layer": row.name,
        "way": _chain(way),
        "windows": {"each": [(named.window.kernel, named.window.stride, named.window.padding) for named in way]},
        "k": last.kernel,
        "before": before,
        "jump": jump,
        "strides": [str(named.window.stride) for named in way[:-1]],
    }


def _draw_size(network: TracedNetwork, draw: Draw) -> Facts:
    return _way_facts(*_draw_way(network, draw))


def _strides_added(facts: Facts) -> int:
    """1 plus each (k − 1) times the sum of the strides below."""
    size, jump = 1, 0
    for kernel, stride, _ in facts["windows"]["each"]:
        size += (kernel - 1) * max(jump, 1)
        jump += stride
    return size


def _own_stride_used(facts: Facts) -> int:
    size, jump = 1, 1
    for kernel, stride, _ in facts["windows"]["each"]:
        jump *= stride
        size += (kernel - 1) * jump
    return size


FIELD_SIZE = Generator(
    name="field-size",
    topic=TOPIC,
    draw=_draw_size,
    right=lambda f: f["before"] + (f["k"] - 1) * f["jump"],
    wrong={
        "field_is_kernel": lambda f: f["k"],
        "strides_ignored": lambda f: 1 + sum(kernel - 1 for kernel, _, _ in f["windows"]["each"]),
        "strides_added": _strides_added,
        "own_stride_used": _own_stride_used,
        "kernels_added": lambda f: sum(kernel for kernel, _, _ in f["windows"]["each"]),
    },
    form=lambda f, _: NumberForm(),
    link=walkthrough,
    difficulty=Difficulty(level=3, largest=1000),
)


def _draw_start(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A unit whose whole field lies inside the image."""
    row, way = _draw_way(network, draw)
    _, jump, start = reckoned_field([named.window for named in way])
    facts = _way_facts(row, way)
    height, width = network.trace.input_shape[1:]
    unit = draw.below(row.shape[1]), draw.below(row.shape[2])
    box = row.receptive_field.box(*unit)
    if box is None or box != box.clipped(height, width) or unit[0] == unit[1]:
        return None
    return {
        **facts,
        "unit": (0, *unit),
        "row": unit[0],
        "column": unit[1],
        "steps": jump,
        "start": start,
        "own_stride": way[-1].window.stride,
        "added": sum(named.window.stride for named in way),
        "height": height,
        "width": width,
    }


FIELD_START = Generator(
    name="field-start",
    topic=TOPIC,
    draw=_draw_start,
    right=lambda f: (f["start"] + f["row"] * f["steps"], f["start"] + f["column"] * f["steps"]),
    wrong={
        "padding_forgotten": lambda f: (f["row"] * f["steps"], f["column"] * f["steps"]),
        "strides_added": lambda f: (f["start"] + f["row"] * f["added"], f["start"] + f["column"] * f["added"]),
        "strides_ignored": lambda f: (f["start"] + f["row"], f["start"] + f["column"]),
        "rows_and_columns_swapped": lambda f: (
            f["start"] + f["column"] * f["steps"],
            f["start"] + f["row"] * f["steps"],
        ),
    },
    form=lambda f, _: CellForm("input", f["height"], f["width"], tolerance=f["height"] // (CLICKABLE + 1)),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], unit=f["unit"]),
    difficulty=Difficulty(level=3, largest=1000),
)

GENERATORS = (FIELD_SIZE, FIELD_START)
