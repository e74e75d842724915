"""Training curves that come with the project, as `record_curves` trained them: at several rates, and overfitting."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

CURVES = Path(__file__).parent / "curves.json"


@dataclass(frozen=True, slots=True)
class RecordedCurve:
    """The mean training loss of each epoch of one training."""

    network: str
    """A name of the zoo."""
    options: Mapping[str, Any]
    dataset: str
    learning_rate: float
    loss: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Overfitting:
    """The losses after each epoch of a training on few images."""

    network: str
    """A name of the zoo."""
    options: Mapping[str, Any]
    dataset: str
    images: int
    """Of the training set that were used."""
    train_loss: tuple[float, ...]
    """Mean over the epoch."""
    test_loss: tuple[float, ...]
    """Over the whole test set, after the epoch."""


@cache
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(CURVES.read_text(encoding="utf-8"))
    return facts


@cache
def recorded_curves() -> tuple[RecordedCurve, ...]:
    """Return the curves, smallest learning rate first."""
    facts = _facts()
    return tuple(
        RecordedCurve(
            facts["network"], facts["options"], facts["dataset"], curve["learning_rate"], tuple(curve["loss"])
        )
        for curve in facts["curves"]
    )


@cache
def recorded_overfitting() -> tuple[Overfitting, ...]:
    """Return the trainings on few images, the fewest first for each network."""
    curves = ("train_loss", "test_loss")
    return tuple(Overfitting(**one | {name: tuple(one[name]) for name in curves}) for one in _facts()["few"])
