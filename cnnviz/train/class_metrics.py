"""How a network does on each class for itself."""

from dataclasses import dataclass

from cnnviz.train.predictions import Predictions


@dataclass(frozen=True, slots=True)
class ClassMetrics:
    """What became of one class."""

    images: int
    """That have it."""
    found: int
    """Of those, the ones that were given it."""
    given: int
    """Images that were given it, right or wrong."""

    @property
    def recall(self) -> float | None:
        """Of the images that have the class, the share that were given it; None where none has it."""
        return self.found / self.images if self.images else None

    @property
    def precision(self) -> float | None:
        """Of the images that were given the class, the share that have it; None where none was."""
        return self.found / self.given if self.given else None


def class_metrics(answers: Predictions) -> tuple[ClassMetrics, ...]:
    """One per class, in the order of the labels."""
    counts = answers.confusion()
    if answers.several:
        return tuple(ClassMetrics(missed + hit, hit, wrong + hit) for _, wrong, missed, hit in counts.tolist())
    found = zip(counts.sum(1).tolist(), counts.diagonal().tolist(), counts.sum(0).tolist(), strict=True)
    return tuple(ClassMetrics(*numbers) for numbers in found)
