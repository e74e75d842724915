"""Generators about multiply-adds: of one layer, of layers in order, and of a network whose width changes."""

from itertools import pairwise
from math import prod

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.families.parameters import convolution_facts, is_plain_convolution
from cnnviz.lessons.questions.forms import CurveForm, Form, LabelledValue, NumberForm, OrderForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import architecture
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Scene
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.trace.record import LayerRecord, Trace

TOPIC = "questions/computation"
MOST_MACS = 500_000_000
IN_ORDER = 4
"""Layers to be put in order."""
APART = 1.2
"""The factor by which each of them costs more than the one before it."""
WIDTHS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Width multipliers of the sketched curve; both ends are given."""


def _draw_macs(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(draw, "convolution", where=lambda row: is_plain_convolution(row) and 0 < row.macs <= MOST_MACS)
    facts = convolution_facts(row)
    return {
        **facts,
        "in_height": row.input_shapes[0][1],
        "in_width": row.input_shapes[0][2],
        "weights": facts["c_out"] * facts["per_group"] * facts["taps"],
    }


MULTIPLY_ADDS = Generator(
    name="multiply-adds",
    topic=TOPIC,
    draw=_draw_macs,
    right=lambda f: f["weights"] * f["height"] * f["width"],
    wrong={
        "cost_follows_parameters": lambda f: f["weights"],
        "input_size_used": lambda f: f["weights"] * f["in_height"] * f["in_width"],
        "kernel_depth_forgotten": lambda f: f["c_out"] * f["taps"] * f["height"] * f["width"],
        "groups_ignored": lambda f: f["weights"] * f["groups"] * f["height"] * f["width"],
        "bias_counted": lambda f: (f["weights"] + f["c_out"]) * f["height"] * f["width"] if f["bias"] else None,
        "one_kernel": lambda f: f["per_group"] * f["taps"] * f["height"] * f["width"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=2, largest=MOST_MACS),
)


def _draw_order(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Four layers whose costs lie well apart."""
    rows = network.rows("convolution", "linear", where=lambda row: row.macs > 0 and row.num_params > 0)
    if len(rows) < IN_ORDER:
        raise NotApplicable("question_none", network=network.title)
    chosen = sorted(draw.some_of(rows, IN_ORDER), key=lambda row: row.macs)
    if any(one.macs * APART > other.macs for one, other in pairwise(chosen)):
        return None
    among = {row.name for row in chosen}
    names = tuple(row.name for row in network.trace.layers if row.name in among)
    return {
        "layer": chosen[-1].name,
        "names": names,
        "macs": {row.name: row.macs for row in chosen},
        "params": {row.name: row.num_params for row in chosen},
        "values": {row.name: prod(row.shape) for row in chosen},
        "said": [f"{row.name} {row.macs:,}" for row in chosen],
        "said_params": [f"{row.name} {row.num_params:,}" for row in sorted(chosen, key=lambda row: row.num_params)],
        "shown": draw.shuffled(names),
    }


COST_ORDER = Generator(
    name="cost-order",
    topic=TOPIC,
    draw=_draw_order,
    right=lambda f: tuple(sorted(f["names"], key=lambda name: f["macs"][name])),
    wrong={
        "cost_follows_parameters": lambda f: tuple(sorted(f["names"], key=lambda name: f["params"][name])),
        "cost_follows_map_size": lambda f: tuple(sorted(f["names"], key=lambda name: f["values"][name])),
        "cost_follows_depth": lambda f: f["names"],
    },
    form=lambda f, _: OrderForm(tuple(LabelledValue(name, name) for name in f["shown"])),
    link=lambda f: PageLink("architectures"),
    difficulty=Difficulty(level=2),
    least=1,
)


def share_at_width(trace: Trace, width: float) -> float:
    """Return the multiply-adds of a network whose every width but that of image and classes is multiplied by `width`.

    As a share of what it has; every convolution's and dense layer's inputs and outputs count once each, a depthwise
    convolution's channels once.
    """
    costs = [row for row in trace.layers if row.macs]
    total = sum(row.macs * width ** _scaled_sides(trace, row, costs[-1]) for row in costs)
    return total / sum(row.macs for row in costs)


def _scaled_sides(trace: Trace, row: LayerRecord, last: LayerRecord) -> int:
    """Return how many of a layer's two numbers of channels the width multiplies."""
    if row.settings.get("groups", 1) > 1:
        return 1
    reads_image = all(name == "input" for name in row.inputs)
    return 2 - reads_image - (row.name == last.name)


def _draw_width(network: TracedNetwork, draw: Draw) -> Facts:
    rows = network.rows("convolution", where=is_plain_convolution)
    grouped = [row for row in rows if 1 < row.settings["groups"] < row.settings["in_channels"]]
    if grouped or len(rows) < 2:
        raise NotApplicable("question_none", network=network.title)
    shares = tuple(round(100 * share_at_width(network.trace, width), 1) for width in WIDTHS)
    return {"layer": "", "shares": shares, "half": shares[WIDTHS.index(0.5)]}


WIDTH_CURVE = Generator(
    name="width-curve",
    topic=TOPIC,
    draw=_draw_width,
    right=lambda f: f["shares"],
    wrong={
        "cost_linear_in_width": lambda f: tuple(100 * width for width in WIDTHS),
        "cost_cubic_in_width": lambda f: tuple(100 * width**3 for width in WIDTHS),
        "width_without_effect": lambda f: (0.0, *(100.0 for _ in WIDTHS[1:])),
    },
    form=lambda f, _: _width_form(f),
    link=lambda f: PageLink("compare", {"set": "mobilenet-width"}, of_network=False),
    scene=lambda f: Scene(),
    difficulty=Difficulty(level=2, largest=100),
)


def _width_form(facts: Facts) -> Form:
    last = len(WIDTHS) - 1
    return CurveForm(
        WIDTHS,
        0.0,
        100.0,
        Sentence(TOPIC, "axis.width"),
        Sentence(TOPIC, "axis.share"),
        tolerance=0.04,
        fixed=((0, 0.0), (last, 100.0)),
    )


GENERATORS = (MULTIPLY_ADDS, COST_ORDER, WIDTH_CURVE)
