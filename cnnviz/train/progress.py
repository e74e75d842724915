"""The progress of a training: its place, and sums over minibatches."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

TRAINING_PER_TEST = 3
"""The time of a forward and backward pass, in forward passes of a test."""


@dataclass(slots=True)
class RunningTotals:
    """Sums over minibatches."""

    loss: float = 0.0
    """Sum of the mean losses, each times its images."""
    right: int = 0
    images: int = 0
    seconds: float = 0.0

    def add(self, loss: float, right: int, images: int) -> None:
        """Add a minibatch of mean loss `loss`."""
        self.loss += loss * images
        self.right += right
        self.images += images

    @property
    def speed(self) -> float:
        """Return images per second."""
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

    def seconds_left(self, epochs: int, images: int, test_images: int) -> float:
        """Return the seconds to the end of `epochs`, at the speed so far, tests included."""
        speed = self.tally.speed or self.total.speed
        test = self.test_seconds
        if test is None:
            test = test_images / (TRAINING_PER_TEST * speed)
        left = epochs - self.epoch
        return (left * images - self.tally.images) / speed + left * test

    def as_json(self) -> dict[str, Any]:
        """Return plain numbers that `from_json` takes back."""
        return asdict(self)

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Self:
        """Return the progress that `as_json` wrote."""
        return cls(**{**facts, "tally": RunningTotals(**facts["tally"]), "total": RunningTotals(**facts["total"])})
