"""Generators about places where branches meet: addition and concatenation."""

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm, Response
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene
from cnnviz.lessons.questions.rounding import steady
from cnnviz.lessons.questions.sentence import Sentence, shape_text
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/joins"
MOST_BRANCHES = 8


def _is_join(row: LayerRecord) -> bool:
    """Return whether a row adds maps of one shape, or concatenates channels of several maps."""
    maps = len(row.shape) == 3 and 1 < len(row.inputs) <= MOST_BRANCHES
    if row.operation == "add":
        return maps and len(row.inputs) == 2 and set(row.input_shapes) == {row.shape}
    return maps and row.settings["dim"] == 1 and row.shape[0] == sum(shape[0] for shape in row.input_shapes)


def _draw_shape(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, "add", "cat", where=_is_join)
    channels = [shape[0] for shape in row.input_shapes]
    return {
        "layer": row.name,
        "operation": Sentence(TOPIC, row.operation),
        "concatenates": int(row.operation == "cat"),
        "inputs": [shape_text(shape) for shape in row.input_shapes],
        "count": len(channels),
        "most": max(channels),
        "together": sum(channels),
        "height": row.shape[1],
        "width": row.shape[2],
        "rows": row.shape[1] * len(channels),
    }


JOIN_SHAPE = Generator(
    name="join-shape",
    topic=TOPIC,
    draw=_draw_shape,
    right=lambda f: (f["together"] if f["concatenates"] else f["most"], f["height"], f["width"]),
    wrong={
        "concatenation_adds": lambda f: (f["most"], f["height"], f["width"]) if f["concatenates"] else None,
        "addition_concatenates": lambda f: None if f["concatenates"] else (f["together"], f["height"], f["width"]),
        "stacked_along_rows": lambda f: (f["most"], f["rows"], f["width"]),
    },
    form=lambda f, values: by_value(values, shape_text),
    link=walkthrough,
    difficulty=Difficulty(level=1),
)


def _draw_channel(network: TracedNetwork, draw: Draw) -> Facts:
    """A channel of a concatenation that is not of its first branch."""
    row = network.pick(draw, "cat", where=_is_join)
    channels = [shape[0] for shape in row.input_shapes]
    branch = draw.between(1, len(channels) - 1)
    inner = draw.below(channels[branch])
    return {
        "layer": row.name,
        "branches": [f"{name} ({count})" for name, count in zip(row.inputs, channels, strict=True)],
        "names": {"each": row.inputs},
        "channels": {"each": channels},
        "channel": sum(channels[:branch]) + inner,
        "before": sum(channels[:branch]),
        "first": row.inputs[branch],
        "unit": (sum(channels[:branch]) + inner, 0, 0),
    }


def channel_of(sizes: list[int], channel: int) -> tuple[int, int]:
    """Return the branch that a channel of a concatenation comes from, and its number there.

    >>> channel_of([64, 128, 32], 70)
    (1, 6)
    """
    for branch, size in enumerate(sizes):
        if channel < size:
            return branch, channel
        channel -= size
    raise ValueError(channel)


def _reversed_branches(facts: Facts) -> Response:
    sizes = facts["channels"]["each"]
    branch, inner = channel_of(sizes[::-1], facts["channel"])
    return len(sizes) - 1 - branch, inner


def _equal_shares(facts: Facts) -> Response:
    sizes = facts["channels"]["each"]
    share = -(-sum(sizes) // len(sizes))
    branch, inner = divmod(facts["channel"], share)
    return (branch, inner) if inner < sizes[branch] else None


def _alternating(facts: Facts) -> Response:
    sizes = facts["channels"]["each"]
    inner, branch = divmod(facts["channel"], len(sizes))
    return (branch, inner) if inner < sizes[branch] else None


def _offset_forgotten(facts: Facts) -> Response:
    sizes = facts["channels"]["each"]
    branch, _ = channel_of(sizes, facts["channel"])
    return (branch, facts["channel"]) if facts["channel"] < sizes[branch] else None


def _counted_from_one(facts: Facts) -> Response:
    branch, inner = channel_of(facts["channels"]["each"], facts["channel"])
    return (branch, inner - 1) if inner else None


CONCATENATED_CHANNEL = Generator(
    name="concatenated-channel",
    topic=TOPIC,
    draw=_draw_channel,
    right=lambda f: channel_of(f["channels"]["each"], f["channel"]),
    wrong={
        "offset_forgotten": _offset_forgotten,
        "branches_reversed": _reversed_branches,
        "branches_alternate": _alternating,
        "equal_shares": _equal_shares,
        "counted_from_one": _counted_from_one,
    },
    form=lambda f, values: by_value(
        values,
        lambda value: Sentence(TOPIC, "branch", {"channel": value[1], "branch": f["names"]["each"][value[0]]}),
    ),
    link=walkthrough,
    difficulty=Difficulty(level=1),
)


def _draw_sum(network: TracedNetwork, draw: Draw) -> Facts | None:
    """A unit of an addition with both of its inputs, and the ReLU after it where there is one."""
    values = network.values()
    row = network.pick(draw, "add", where=_is_join)
    order = {layer.name: at for at, layer in enumerate(network.trace.layers)}
    early, late = sorted((0, 1), key=lambda at: order.get(row.inputs[at], -1))
    unit = tuple(draw.below(side) for side in row.shape)
    read = values.inputs(row.name)
    x, f = (steady(read[at][0][unit].item(), 2) for at in (early, late))
    readers = [layer for layer in network.trace.layers if row.name in layer.inputs]
    rectified = any(reader.operation == "relu" for reader in readers)
    if x is None or f is None or not x or not f or abs(x + f) < 0.05:
        return None
    return {
        "layer": row.name,
        "unit": unit,
        "channel": unit[0],
        "row": unit[1],
        "column": unit[2],
        "x": x,
        "f": f,
        "sum": round(x + f, 2),
        "rectified": int(rectified),
        "then": Sentence(TOPIC, "then_relu" if rectified else "then_nothing"),
    }


def _after(facts: Facts, value: float) -> float:
    return round(max(0.0, value) if facts["rectified"] else value, 4)


SHORTCUT_SUM = Generator(
    name="shortcut-sum",
    topic=TOPIC,
    draw=_draw_sum,
    right=lambda f: _after(f, f["x"] + f["f"]),
    wrong={
        "activation_forgotten": lambda f: f["sum"],
        "shortcut_forgotten": lambda f: _after(f, f["f"]),
        "activation_before_addition": lambda f: (
            round(max(0.0, f["x"]) + max(0.0, f["f"]), 4) if f["rectified"] else None
        ),
        "branches_multiplied": lambda f: _after(f, f["x"] * f["f"]),
        "branches_averaged": lambda f: _after(f, f["sum"] / 2),
    },
    form=lambda f, _: NumberForm(tolerance=0.005),
    link=walkthrough,
    scene=lambda f: Scene(layer=f["layer"], unit=f["unit"]),
    difficulty=Difficulty(level=1, largest=1000),
    needs_image=True,
)

GENERATORS = (JOIN_SHAPE, CONCATENATED_CHANNEL, SHORTCUT_SUM)
