"""The ends of the runs of the ready-made experiments, as `python checkpoints/record_answers.py` recorded them."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """The last tests of one experiment's runs."""

    plans: str
    """Digest of what was trained, so that a changed experiment is not answered by an old recording."""
    machine: str
    """The processor, and how many threads each training had."""
    seconds: float
    """Of one core's time for all trainings."""
    right: dict[str, tuple[int | None, ...]]
    """Of each setting, test images predicted correctly at the end, one count for each seed; None where the loss became
    NaN or infinite."""


@cache
def load_answers() -> dict[str, RecordedAnswer]:
    """Return the recorded answers by the name of the experiment."""
    read = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: RecordedAnswer(**{**one, "right": {form: tuple(counts) for form, counts in one["right"].items()}})
        for name, one in read.items()
    }
