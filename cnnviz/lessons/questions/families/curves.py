"""Generators about curves: which one belongs to which training, and what a learning rate schedule looks like."""

from collections.abc import Callable
from itertools import pairwise
from math import cos, pi

from cnnviz.lessons.lesson_network import network_title
from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import CurveForm, Form, Response
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Scene, ShownCurve
from cnnviz.lessons.questions.recorded_curves import RecordedCurve, recorded_curves
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.models import ModelSpec
from cnnviz.train.config import TrainConfig
from cnnviz.train.schedules import SCHEDULES

TOPIC = "questions/curves"
LETTERS = "ABC"
CURVED = ("step", "cosine", "one-cycle")
"""The schedules that are asked for."""
PLACES = 11
STEPS_PER_EPOCH = 20
STEP_FACTOR = 0.5


def _is_about_a_layer(network: TracedNetwork) -> bool:
    return bool(network.layer) or not network.trace.num_trainable


def _draw_rate(network: TracedNetwork, draw: Draw) -> Facts:
    """Recorded curves with letters in a drawn order, and the learning rate of one of them."""
    if _is_about_a_layer(network):
        raise NotApplicable("question_none", network=network.title)
    curves = draw.some_of(recorded_curves(), len(LETTERS))
    by_rate = sorted(curves, key=lambda curve: curve.learning_rate)
    return {
        "trained": network_title(ModelSpec.of(curves[0].network, dict(curves[0].options))),
        "dataset": Sentence("data", f"set.{curves[0].dataset}.title"),
        "rate": draw.one_of(by_rate).learning_rate,
        "rates": [f"{curve.learning_rate:g}" for curve in by_rate],
        "epochs": len(curves[0].loss),
        "curves": dict(zip(LETTERS, curves, strict=True)),
        "ends": [f"{curve.learning_rate:g}: {curve.loss[-1]:.2f}" for curve in by_rate],
    }


def _ranked(facts: Facts, key: Callable[[RecordedCurve], float], largest_first: bool) -> str:
    """Return the letter of the curve whose rank by `key` is that of the rate among the rates."""
    curves = facts["curves"]
    rates = sorted((curve.learning_rate for curve in curves.values()), reverse=largest_first)
    return sorted(curves, key=lambda letter: key(curves[letter]))[rates.index(facts["rate"])]


def _movement(curve: RecordedCurve) -> float:
    """Return how far a curve goes up and down in all."""
    return sum(abs(after - before) for before, after in pairwise(curve.loss))


RATE_CURVE = Generator(
    name="rate-curve",
    topic=TOPIC,
    draw=_draw_rate,
    right=lambda f: next(letter for letter, curve in f["curves"].items() if curve.learning_rate == f["rate"]),
    wrong={
        "larger_rate_learns_more": lambda f: _ranked(f, lambda curve: curve.loss[-1], largest_first=True),
        "smaller_rate_learns_more": lambda f: _ranked(f, lambda curve: curve.loss[-1], largest_first=False),
        "flat_curve_has_small_rate": lambda f: _ranked(f, _movement, largest_first=False),
        "first_epoch_decides": lambda f: _ranked(f, lambda curve: curve.loss[0], largest_first=True),
    },
    form=lambda f, values: by_value(tuple(sorted(values)), str),
    link=lambda f: PageLink("studio", {"experiment": "learning-rate"}, of_network=False),
    scene=lambda f: Scene(
        curves=tuple(
            ShownCurve(letter, tuple(map(float, range(1, f["epochs"] + 1))), curve.loss)
            for letter, curve in f["curves"].items()
        ),
        x_label=Sentence(TOPIC, "axis.epoch"),
        y_label=Sentence(TOPIC, "axis.loss"),
    ),
    difficulty=Difficulty(level=2),
)


def _draw_schedule(network: TracedNetwork, draw: Draw) -> Facts:
    if _is_about_a_layer(network):
        raise NotApplicable("question_none", network=network.title)
    epochs, name = draw.between(6, 24), draw.one_of(CURVED)
    each = draw.between(2, epochs // 2)
    steps_down = {"step_epochs": each, "step_factor": STEP_FACTOR} if name == "step" else {}
    config = TrainConfig(epochs=epochs, schedule=name, **steps_down)  # type: ignore[arg-type]
    steps = epochs * STEPS_PER_EPOCH
    places = tuple(round(at * (steps - 1) / (PLACES - 1)) for at in range(PLACES))
    return {
        "schedule": name,
        "rule": Sentence(TOPIC, f"schedule.{name}", {"each": each}),
        "epochs": epochs,
        "x": tuple(place / STEPS_PER_EPOCH for place in places),
        "heights": tuple(
            round(100 * SCHEDULES[name].factor(place, steps, STEPS_PER_EPOCH, config), 2) for place in places
        ),
    }


def _heights(of: Callable[[float], float]) -> Response:
    """Return `of` the share of the training that is done, in % of the learning rate."""
    return tuple(round(100 * of(at / (PLACES - 1)), 2) for at in range(PLACES))


def _schedule_form(facts: Facts) -> Form:
    return CurveForm(
        facts["x"], 0.0, 100.0, Sentence(TOPIC, "axis.epoch"), Sentence(TOPIC, "axis.rate"), tolerance=0.03
    )


SCHEDULE_CURVE = Generator(
    name="schedule-curve",
    topic=TOPIC,
    draw=_draw_schedule,
    right=lambda f: f["heights"],
    wrong={
        "schedule_is_constant": lambda f: _heights(lambda done: 1.0),
        "schedule_is_a_line": lambda f: _heights(lambda done: 1 - done),
        "schedule_without_rise": lambda f: (
            _heights(lambda done: (1 + cos(pi * done)) / 2) if f["schedule"] == "one-cycle" else None
        ),
        "schedule_reversed": lambda f: f["heights"][::-1],
    },
    form=lambda f, _: _schedule_form(f),
    link=lambda f: PageLink("studio", {"set.schedule": f["schedule"]}, of_network=False),
    scene=lambda f: Scene(),
    difficulty=Difficulty(level=2, largest=100),
)

GENERATORS = (RATE_CURVE, SCHEDULE_CURVE)
