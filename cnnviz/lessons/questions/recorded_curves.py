"""Training curves that come with the project: one network at several learning rates, as `record_curves` trained it."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CURVES = Path(__file__).parent / "curves.json"


@dataclass(frozen=True, slots=True)
class RecordedCurve:
    """The mean training loss of each epoch of one training."""

    network: str
    """A name of the zoo."""
    dataset: str
    learning_rate: float
    loss: tuple[float, ...]


@cache
def recorded_curves() -> tuple[RecordedCurve, ...]:
    """Return the curves, smallest learning rate first."""
    facts = json.loads(CURVES.read_text(encoding="utf-8"))
    return tuple(
        RecordedCurve(facts["network"], facts["dataset"], curve["learning_rate"], tuple(curve["loss"]))
        for curve in facts["curves"]
    )
