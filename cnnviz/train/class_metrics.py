"""Recall and precision of each class."""

from dataclasses import dataclass

from cnnviz.train.predictions import Predictions


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """The counts of one class, with recall and precision."""

    images: int
    """Images that have the class."""
    found: int
    """Images that have the class and were predicted to (true positives)."""
    given: int
    """Images that were predicted to have the class."""

    @property
    def recall(self) -> float | None:
        """Return the share of the images with the class that were predicted to have it; None without any."""
        return self.found / self.images if self.images else None

    @property
    def precision(self) -> float | None:
        """Return the share of the images predicted to have the class that have it; None without any."""
        return self.found / self.given if self.given else None


def class_metrics(answers: Predictions) -> tuple[ClassMetrics, ...]:
    """Return the metrics of each class, in the order of the labels."""
    counts = answers.confusion()
    if answers.several:
        return tuple(ClassMetrics(missed + hit, hit, wrong + hit) for _, wrong, missed, hit in counts.tolist())
    found = zip(counts.sum(1).tolist(), counts.diagonal().tolist(), counts.sum(0).tolist(), strict=True)
    return tuple(ClassMetrics(*numbers) for numbers in found)
