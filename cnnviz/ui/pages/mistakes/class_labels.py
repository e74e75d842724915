"""Labels and answers in words."""

from __future__ import annotations

from cnnviz.text import Text
from cnnviz.train.predictions import OUTCOMES, Predictions


def column_names(answers: Predictions, names: list[str], t: Text) -> list[str]:
    """Return the heads of the columns of counts: the classes again, or the four outcomes."""
    return [t(f"outcome.{outcome}") for outcome in OUTCOMES] if answers.several else names


def true_classes(answers: Predictions, number: int) -> list[int]:
    """Return the classes that an image has."""
    label = answers.labels[number]
    return label.nonzero().flatten().tolist() if answers.several else [int(label)]


def predicted_classes(answers: Predictions, number: int) -> list[int]:
    """Return the classes that an image was given, by the rule of `Predictions.predicted`."""
    logits = answers.logits[number]
    return (logits > 0).nonzero().flatten().tolist() if answers.several else [int(logits.argmax())]


def join_names(classes: list[int], names: list[str], t: Text) -> str:
    """Return several classes as one word."""
    return " + ".join(names[index] for index in classes) or t("none")
