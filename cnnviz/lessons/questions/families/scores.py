"""Generators about scores, probabilities and the loss."""

from math import exp, log, log2, log10

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import walkthrough
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts
from cnnviz.lessons.questions.rounding import steady
from cnnviz.trace.record import LayerRecord

TOPIC = "questions/scores"
CLASSES = 3
FARTHEST = 4.0
"""Between two of the scores, so that no probability is almost 0 or 1."""


def _scores_row(network: TracedNetwork) -> LayerRecord:
    """Return the last row, where it gives a score for each of several classes."""
    last = network.trace.layers[-1] if network.trace.layers else None
    if (
        last is None
        or len(last.shape) != 1
        or last.shape[0] < CLASSES
        or last.operation in ("softmax", "log_softmax")
        or network.layer not in ("", last.name)
    ):
        raise NotApplicable("question_none", network=network.title)
    return last


def _draw_scores(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Three of the real scores."""
    row = _scores_row(network)
    scores = network.values().output(row.name)[0]
    classes = draw.some_of(range(row.shape[0]), CLASSES)
    said = [steady(scores[at].item(), 1) for at in classes]
    held = [score for score in said if score is not None]
    if len(held) < CLASSES or max(held) - min(held) > FARTHEST or len(set(held)) < CLASSES:
        return None
    powers = [exp(score) for score in held]
    return {
        "layer": row.name,
        "class": classes[0],
        "classes": [str(at) for at in classes],
        "scores": [_said(score) for score in held],
        "each": {"scores": held},
        "score": held[0],
        "power": round(powers[0], 3),
        "powers": round(sum(powers), 3),
        "score_sum": round(sum(held), 1),
    }


def _said(score: float) -> str:
    return f"{score:.1f}".replace("-", "−")


SOFTMAX = Generator(
    name="softmax-probability",
    topic=TOPIC,
    draw=_draw_scores,
    right=lambda f: round(exp(f["score"]) / sum(map(exp, f["each"]["scores"])), 4),
    wrong={
        "scores_shared": lambda f: (
            round(f["score"] / sum(f["each"]["scores"]), 4) if min(f["each"]["scores"]) > 0 else None
        ),
        "sigmoid_for_softmax": lambda f: round(1 / (1 + exp(-f["score"])), 4),
        "powers_not_divided": lambda f: round(exp(f["score"]), 4),
        "powers_of_two": lambda f: round(2 ** f["score"] / sum(2**score for score in f["each"]["scores"]), 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.006),
    link=walkthrough,
    difficulty=Difficulty(level=2),
    needs_image=True,
)


def _draw_loss(network: TracedNetwork, draw: Draw) -> Facts:
    row = _scores_row(network)
    true, predicted = draw.between(6, 35) / 100, draw.between(40, 60) / 100
    return {"layer": row.name, "true": true, "predicted": predicted, "classes": row.shape[0]}


CROSS_ENTROPY = Generator(
    name="cross-entropy",
    topic=TOPIC,
    draw=_draw_loss,
    right=lambda f: round(-log(f["true"]), 4),
    wrong={
        "error_for_loss": lambda f: round(1 - f["true"], 4),
        "predicted_for_true": lambda f: round(-log(f["predicted"]), 4),
        "common_logarithm": lambda f: round(-log10(f["true"]), 4),
        "sign_forgotten": lambda f: round(log(f["true"]), 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=walkthrough,
    difficulty=Difficulty(level=1, largest=5),
)


def _draw_first(network: TracedNetwork, draw: Draw) -> Facts:
    row = _scores_row(network)
    return {"layer": row.name, "classes": draw.between(3, 1000)}


FIRST_LOSS = Generator(
    name="first-loss",
    topic=TOPIC,
    draw=_draw_first,
    right=lambda f: round(log(f["classes"]), 4),
    wrong={
        "error_for_loss": lambda f: round(1 - 1 / f["classes"], 4),
        "probability_for_loss": lambda f: round(1 / f["classes"], 4),
        "common_logarithm": lambda f: round(log10(f["classes"]), 4),
        "binary_logarithm": lambda f: round(log2(f["classes"]), 4),
    },
    form=lambda f, _: NumberForm(tolerance=0.01),
    link=walkthrough,
    difficulty=Difficulty(level=1, largest=7),
)

GENERATORS = (SOFTMAX, CROSS_ENTROPY, FIRST_LOSS)
