"""Calibration: the confidence of a network's answers against their accuracy.

Bins of equal width and the expected calibration error as in C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger,
"On Calibration of Modern Neural Networks" (ICML 2017).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from cnnviz.train.predictions import Predictions

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers with a confidence in (low, high]."""

    low: float
    high: float
    count: int
    confidence: float | None
    """Their mean, as is the accuracy; None without an answer."""
    accuracy: float | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """The bins in ascending order, and their mean gap."""

    bins: tuple[Bin, ...]
    error: float
    """Expected calibration error: |accuracy - confidence| of the bins, weighted by their counts."""
    confidence: float
    """The mean over all answers."""
    accuracy: float
    count: int
    """Images; decisions, one per image and class, where an image may have several classes."""


def calibrate(answers: Predictions, bins: int = BINS) -> Calibration:
    """Return the calibration of answers; with several classes each yes or no counts as an answer of its own."""
    confidence, right = _decisions(answers)
    edges = torch.linspace(0, 1, bins + 1, dtype=torch.float64)
    place = (torch.bucketize(confidence, edges) - 1).clamp(0, bins - 1)
    found, gap = [], 0.0
    for index in range(bins):
        inside = place == index
        count = int(inside.sum())
        low, high = float(edges[index]), float(edges[index + 1])
        if not count:
            found.append(Bin(low, high, 0, None, None))
            continue
        mean, accuracy = float(confidence[inside].mean()), float(right[inside].mean())
        found.append(Bin(low, high, count, mean, accuracy))
        gap += count / len(confidence) * abs(accuracy - mean)
    return Calibration(tuple(found), gap, float(confidence.mean()), float(right.mean()), len(confidence))


def _decisions(answers: Predictions) -> tuple[Tensor, Tensor]:
    """Return float64 (M,) confidence, and float64 (M,): 1 for a right answer, else 0."""
    given = answers.probabilities().double()
    if answers.several:
        right = answers.predicted() == (answers.labels > 0.5)
        return torch.maximum(given, 1 - given).flatten(), right.flatten().double()
    return given.amax(1), answers.right().double()
