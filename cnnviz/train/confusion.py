"""The pairs of classes that a network confuses most often."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfusedPair:
    """One cell of the confusion matrix beside its diagonal."""

    true: int
    """The class of its images, as is `predicted`, by number."""
    predicted: int
    count: int
    total: int
    """All test images of the true class."""


def most_confused_pairs(confusion: Sequence[Sequence[int]]) -> list[ConfusedPair]:
    """Return the largest cells beside the diagonal of counts (true class, predicted class), in the order of reading;
    several where they tie, none where every image is right.

    >>> [(one.true, one.predicted, one.count, one.total) for one in most_confused([[5, 2, 0], [0, 7, 1], [2, 0, 4]])]
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
