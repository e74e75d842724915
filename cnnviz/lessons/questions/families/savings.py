"""Generators about what another layer in the place of a convolution would cost, in % of it."""

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.families.parameters import convolution_facts, is_plain_convolution
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import architecture
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.lessons.questions.square_window import has_square_window, window_of
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/savings"
STACKED = (5, 7, 9, 11)
GROUPS = (2, 4, 8)


def _draw_stack(network: TracedNetwork, draw: Draw) -> Facts:
    """One large kernel against as many 3×3 as see the same, between the channels of one of its layers."""
    row = network.pick(draw, "convolution", where=is_plain_convolution)
    side = draw.one_of(STACKED)
    return {
        "layer": row.name,
        "channels": row.settings["out_channels"],
        "side": side,
        "kernel": (side, side),
        "count": (side - 1) // 2,
        "area": side * side,
        "areas": 9 * ((side - 1) // 2),
    }


KERNEL_STACK = Generator(
    name="kernel-stack",
    topic=TOPIC,
    draw=_draw_stack,
    right=lambda f: round(100 * 9 * f["count"] / f["area"], 2),
    wrong={
        "field_decides_cost": lambda f: 100,
        "one_of_stack": lambda f: round(900 / f["area"], 2),
        "sides_for_areas": lambda f: round(100 * 3 * f["count"] / f["side"], 2),
    },
    form=lambda f, _: NumberForm(tolerance=0.6),
    link=architecture,
    difficulty=Difficulty(level=2, largest=100),
)


def _is_ungrouped(row: LayerRecord) -> bool:
    return is_plain_convolution(row) and row.settings["groups"] == 1


def _draw_groups(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(draw, "convolution", where=_is_ungrouped)
    facts, groups = convolution_facts(row), draw.one_of(GROUPS)
    if facts["c_in"] % groups or facts["c_out"] % groups:
        return None
    return {**facts, "groups": groups, "per_group": facts["c_in"] // groups}


GROUPED_COST = Generator(
    name="grouped-cost",
    topic=TOPIC,
    draw=_draw_groups,
    right=lambda f: 100 / f["groups"],
    wrong={
        "groups_ignored": lambda f: 100,
        "groups_squared": lambda f: 100 / f["groups"] ** 2,
        "groups_multiply": lambda f: 100 * f["groups"],
    },
    form=lambda f, _: NumberForm(tolerance=0.5),
    link=architecture,
    difficulty=Difficulty(level=1, largest=50),
)


def _has_window(row: LayerRecord) -> bool:
    return _is_ungrouped(row) and has_square_window(row) and row.settings["out_channels"] >= 4


def _draw_separable(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, "convolution", where=lambda row: _has_window(row) and row.settings["in_channels"] > 1)
    facts = convolution_facts(row)
    return {
        **facts,
        "depthwise": facts["taps"] * facts["c_in"],
        "pointwise": facts["c_in"] * facts["c_out"],
        "whole": facts["taps"] * facts["c_in"] * facts["c_out"],
    }


SEPARABLE_COST = Generator(
    name="separable-cost",
    topic=TOPIC,
    draw=_draw_separable,
    right=lambda f: round(100 / f["c_out"] + 100 / f["taps"], 2),
    wrong={
        "pointwise_forgotten": lambda f: round(100 / f["c_out"], 2),
        "depthwise_forgotten": lambda f: round(100 / f["taps"], 2),
        "ratios_multiplied": lambda f: round(100 / f["c_out"] / f["taps"], 2),
    },
    form=lambda f, _: NumberForm(tolerance=0.03),
    link=architecture,
    difficulty=Difficulty(level=2, largest=50),
)


def _draw_reduction(network: TracedNetwork, draw: Draw) -> Facts | None:
    row = network.pick(draw, "convolution", where=lambda row: _has_window(row) and row.settings["in_channels"] >= 16)
    facts, part = convolution_facts(row), draw.one_of((2, 4, 8))
    if facts["c_in"] % part or window_of(row).stride > 1:
        return None
    reduced = facts["c_in"] // part
    whole = facts["c_in"] * facts["taps"] * facts["c_out"]
    if reduced * (facts["c_in"] + facts["taps"] * facts["c_out"]) > 1.5 * whole:
        return None
    return {
        **facts,
        "reduced": reduced,
        "first": facts["c_in"] * reduced,
        "second": reduced * facts["taps"] * facts["c_out"],
        "whole": facts["c_in"] * facts["taps"] * facts["c_out"],
    }


POINTWISE_REDUCTION = Generator(
    name="pointwise-reduction",
    topic=TOPIC,
    draw=_draw_reduction,
    right=lambda f: round(100 * (f["first"] + f["second"]) / f["whole"], 2),
    wrong={
        "pointwise_changes_nothing": lambda f: 100,
        "pointwise_only_adds": lambda f: round(100 * (f["first"] + f["whole"]) / f["whole"], 2),
        "pointwise_is_free": lambda f: round(100 * f["second"] / f["whole"], 2),
    },
    form=lambda f, _: NumberForm(tolerance=0.1),
    link=architecture,
    difficulty=Difficulty(level=2, largest=150),
)

GENERATORS = (KERNEL_STACK, GROUPED_COST, SEPARABLE_COST, POINTWISE_REDUCTION)
