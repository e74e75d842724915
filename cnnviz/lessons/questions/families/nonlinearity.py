"""Generators about activation functions."""

from collections.abc import Callable
from math import exp, tanh
from types import MappingProxyType

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import bench
from cnnviz.lessons.questions.network import TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.lessons.questions.sentence import Sentence

TOPIC = "questions/nonlinearity"


def _sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def _relu6(x: float) -> float:
    return min(max(0.0, x), 6.0)


def _hardswish(x: float) -> float:
    return x * _relu6(x + 3) / 6


def _hardswish_slope(x: float) -> float:
    return 0.0 if x < -3 else 1.0 if x > 3 else (2 * x + 3) / 6


FUNCTIONS: MappingProxyType[str, tuple[Callable[[float], float], Callable[[float], float]]] = MappingProxyType(
    {
        "relu": (lambda x: max(0.0, x), lambda x: float(x > 0)),
        "relu6": (_relu6, lambda x: float(0 < x < 6)),
        "sigmoid": (_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
        "tanh": (tanh, lambda x: 1 - tanh(x) ** 2),
        "hardswish": (_hardswish, _hardswish_slope),
    }
)
"""Function and slope of each operation that is asked about."""


def _draw_value(network: TracedNetwork, draw: Draw) -> Facts:
    row = network.pick(draw, *FUNCTIONS)
    tenths = draw.between(-29, 28)
    x = (tenths + (tenths >= 0)) / 10
    return {
        "layer": row.name,
        "operation": row.operation,
        "x": x + 5 if row.operation == "relu6" and x > 0 else x,
        "rule": Sentence(TOPIC, f"rule.{row.operation}"),
    }


def _value(facts: Facts, sign: int = 1) -> float:
    return round(FUNCTIONS[facts["operation"]][0](sign * facts["x"]), 4) + 0.0


ACTIVATION_VALUE = Generator(
    name="activation-value",
    topic=TOPIC,
    draw=_draw_value,
    right=_value,
    wrong={
        "activation_forgotten": lambda f: f["x"],
        "sign_reversed": lambda f: _value(f, -1),
        "slope_for_value": lambda f: round(FUNCTIONS[f["operation"]][1](f["x"]), 4),
        "absolute_value": lambda f: abs(f["x"]),
    },
    form=lambda f, _: NumberForm(tolerance=0.006),
    link=lambda f: bench("activation"),
    difficulty=Difficulty(level=1, largest=8),
)

GENERATORS = (ACTIVATION_VALUE,)
