"""The chance level of a data set, and the detection of a training that has not left it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

NEAR = 0.01
"""The fraction by which a loss may differ from the chance level and still count as it."""
NOT_BELOW = 0.97
"""The share of the chance level below which the test loss shows that the network has begun to learn."""


@dataclass(frozen=True, slots=True)
class ChanceLevel:
    """Loss and accuracy of guessing without a look at the image."""

    classes: int
    uniform_loss: float
    """Of equal probabilities: ln(classes), or ln 2 where an image may have several classes."""
    loss: float
    """Of the best constant answer: the entropy of the labels."""
    accuracy: float | None
    """Of always answering the largest class: its share. None where an image may have several classes."""


@dataclass(frozen=True, slots=True)
class Plateau:
    """A training at the chance level of its loss or of its accuracy."""

    kind: Literal["loss", "accuracy"]
    chance: float
    share: float | None = None
    """The share of the largest class, if the loss is at chance and the test accuracy no higher than it."""


def chance_level(labels: Tensor, smoothing: float = 0.0) -> ChanceLevel:
    """Return the chance level of class numbers (N,) or multi-hot labels (N, K), trained with label smoothing."""
    if labels.dim() == 2:
        shares = (labels.double().mean(0) * (1 - smoothing) + smoothing / 2).tolist()
        entropy = sum(_entropy((share, 1 - share)) for share in shares) / len(shares)
        return ChanceLevel(len(shares), math.log(2), entropy, None)
    counts = labels.cpu().bincount().double()
    shares = (counts / counts.sum()).tolist()
    classes = len(shares)
    smoothed = [share * (1 - smoothing) + smoothing / classes for share in shares]
    return ChanceLevel(classes, math.log(classes), _entropy(smoothed), max(shares))


def find_plateau(
    train_loss: float,
    train_accuracy: float,
    test_loss: float,
    test_accuracy: float,
    training: ChanceLevel,
    test: ChanceLevel,
) -> Plateau | None:
    """Return the chance level that an epoch's numbers are at; None if the network does better, or worse.

    The loss is at chance when the epoch's mean is at ln(classes), or at the entropy of the labels, and the test after
    it is not below; the accuracy when on neither set it exceeds the share of the largest class.
    """
    if training.classes < 2:
        return None
    share = test.accuracy if _is_no_better(test_accuracy, test, 0) else None
    if _stays_at(training.uniform_loss, train_loss, test_loss):
        return Plateau("loss", training.uniform_loss, share)
    if _is_no_better(train_accuracy, training, NEAR) and _is_no_better(test_accuracy, test, 0):
        return Plateau("accuracy", test.accuracy or 0.0)
    return Plateau("loss", training.loss, share) if _stays_at(training.loss, train_loss, test_loss) else None


def _is_no_better(accuracy: float, level: ChanceLevel, margin: float) -> bool:
    return level.accuracy is not None and accuracy <= level.accuracy + margin


def _stays_at(chance: float, train_loss: float, test_loss: float) -> bool:
    return abs(train_loss - chance) <= NEAR * chance and test_loss >= NOT_BELOW * chance


def _entropy(shares: tuple[float, ...] | list[float]) -> float:
    return -sum(share * math.log(share) for share in shares if share > 0)
