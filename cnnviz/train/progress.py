"""Where a training stands, and what it has counted so far."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

TRAINING_PER_TEST = 3
"""Forward and backward pass take about this many times what the forward pass of a test takes."""


@dataclass(slots=True)
class RunningTotals:
    """Sums over minibatches."""

    loss: float = 0.0
    """Of the mean losses, each times its images."""
    right: int = 0
    images: int = 0
    seconds: float = 0.0

    def add(self, loss: float, right: int, images: int) -> None:
        """One more minibatch of mean loss `loss`."""
        self.loss += loss * images
        self.right += right
        self.images += images

    @property
    def speed(self) -> float:
        """Images per second."""
        return self.images / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class TrainingProgress:
    """Epochs, minibatches of this epoch and steps done; sums of the epoch and of the whole; the last test."""

    epoch: int = 0
    batch: int = 0
    step: int = 0
    tally: RunningTotals = field(default_factory=RunningTotals)
    total: RunningTotals = field(default_factory=RunningTotals)
    test_loss: float | None = None
    test_accuracy: float | None = None
    test_seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain numbers that `read` takes back."""
        return asdict(self)

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> Self:
        """The place that `as_json` wrote."""
        return cls(**{**facts, "tally": RunningTotals(**facts["tally"]), "total": RunningTotals(**facts["total"])})
