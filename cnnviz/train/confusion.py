"""Confusion counts of a network's answers, and the pairs of classes that it confuses most often."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """One off-diagonal cell of the confusion matrix."""

    true: int
    """Class number, as is `predicted`."""
    predicted: int
    count: int
    total: int
    """All test images of the true class."""


def confusion_counts(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the counts of answers, logits (N, K), by their labels.

    int64 (K, K), [label][prediction], for class numbers; int64 (K, 4) for multi-hot labels: true negatives, false
    positives, false negatives and true positives of each class.
    """
    classes = logits.shape[1]
    if labels.dim() == 1:
        pairs = labels * classes + logits.argmax(1)
        return torch.bincount(pairs, minlength=classes * classes).view(classes, classes)
    kinds = 2 * (labels > 0.5).long() + (logits > 0).long()
    return torch.stack([(kinds == kind).sum(0) for kind in range(4)], dim=1)


def most_confused_pairs(confusion: Sequence[Sequence[int]]) -> list[ConfusedPair]:
    """Return the largest off-diagonal cells of counts (true class, predicted class), row by row.

    They are several if they tie, and none if every image is right.

    >>> pairs = most_confused_pairs([[5, 2, 0], [0, 7, 1], [2, 0, 4]])
    >>> [(one.true, one.predicted, one.count, one.total) for one in pairs]
    [(0, 1, 2, 7), (2, 0, 2, 6)]
    """
    wrong = [
        ConfusedPair(true, predicted, count, sum(row))
        for true, row in enumerate(confusion)
        for predicted, count in enumerate(row)
        if true != predicted and count
    ]
    most = max((one.count for one in wrong), default=0)
    return [one for one in wrong if one.count == most]
