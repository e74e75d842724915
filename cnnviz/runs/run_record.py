"""The record of one run, as its folder tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs.run_plan import RunPlan
from cnnviz.text import load

STATUSES = ("waiting", "starting", "running", "paused", "finished", "cancelled", "failed", "interrupted")
ALIVE = ("waiting", "starting", "running")
"""The statuses that need a living process; without one the run is interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run: what it trains, whose it is, and where it stands."""

    id: str
    name: str
    owner: str
    """A digest of its user's key; "" on one's own machine."""
    created: float
    """Seconds since 1970, as is `changed`."""
    plan: RunPlan
    status: str
    """One of `STATUSES`."""
    reason: UserError | None
    """Why it failed, was interrupted or ended early, in one sentence."""
    step: int
    steps: int
    epoch: int
    """Epochs done."""
    test_loss: float | None
    test_accuracy: float | None
    images_per_second: float | None
    seconds: float
    """Of work so far, pauses not counted."""
    changed: float
    folder: Path
    node: str = ""
    """The node of the cluster that trains or trained it last; "" on this machine."""

    @property
    def title(self) -> str:
        """The run's name, and enough of its id to tell two of one name apart."""
        return f"{self.name or self.plan.title} · {self.id[:4]}"

    def describe_status(self, language: str) -> str:
        """Return the status in words."""
        return load("runs", language)(f"status.{self.status}")

    @property
    def resumable(self) -> bool:
        """True where it rests and has steps left."""
        return self.status in ("paused", "cancelled", "failed", "interrupted")


def pack_error(reason: UserError | None) -> dict[str, Any] | None:
    """Return a user error as JSON holds it."""
    if reason is None:
        return None
    return {
        "key": reason.key,
        "values": {
            name: value if isinstance(value, int | float | list) else str(value)
            for name, value in reason.values.items()
        },
    }


def unpack_error(facts: Mapping[str, Any] | None) -> UserError | None:
    """Return the user error that `pack_error` packed."""
    return None if not facts else UserError(facts["key"], **facts["values"])
