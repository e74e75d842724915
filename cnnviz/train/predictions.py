"""Predictions for every image of a set: classes, confidence and mistakes."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.ops.softmax import class_probabilities
from cnnviz.train.batch_preparation import BatchPreparation, LabelledImages
from cnnviz.train.confusion import confusion_counts
from cnnviz.train.eval_mode import evaluation_mode

BATCH = 128
"""Images of a minibatch."""
OUTCOMES = ("true_negative", "false_positive", "false_negative", "true_positive")
"""The columns of the confusion counts where an image may have several classes."""


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """The logits of N images beside their labels; every result below follows from these two."""

    logits: Tensor
    """float32 (N, K)"""
    labels: Tensor
    """int64 (N,), or float32 (N, K) of zeros and ones where an image may have several classes."""

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def several(self) -> bool:
        """Return whether an image may have several classes, each decided on its own."""
        return self.labels.dim() == 2

    def probabilities(self) -> Tensor:
        """Return float32 (N, K): softmax, or a sigmoid per class where there may be several."""
        return class_probabilities(self.logits, self.several)

    def predicted(self) -> Tensor:
        """Return int64 (N,), the most probable class; bool (N, K), all classes above 1/2, if there may be several."""
        return self.logits > 0 if self.several else self.logits.argmax(1)

    def right(self) -> Tensor:
        """Return bool (N,): the class is the label's, or every class is as the labels say."""
        if self.several:
            return (self.predicted() == (self.labels > 0.5)).all(1)
        return self.predicted() == self.labels

    def confidence(self) -> Tensor:
        """Return float32 (N,): the probability of the answer; of the least certain class where there are several."""
        given = self.probabilities()
        return torch.maximum(given, 1 - given).amin(1) if self.several else given.amax(1)

    def mistake(self) -> Tensor:
        """Return float32 (N,): the probability of the wrong answer, of the surest if there are several; 0 if right."""
        if not self.several:
            return self.confidence() * ~self.right()
        given = self.probabilities()
        wrong = self.predicted() != (self.labels > 0.5)
        return (torch.maximum(given, 1 - given) * wrong).amax(1)

    def accuracy(self) -> float:
        """Return the share of right answers."""
        return float(self.right().double().mean())

    def confusion(self) -> Tensor:
        """Return int64 (K, K) counts [label][prediction], or (K, 4) per class of `OUTCOMES`."""
        return confusion_counts(self.logits, self.labels)

    def cell(self, row: int | None = None, column: int | None = None) -> Tensor:
        """Return bool (N,): the images counted in one cell of `confusion`; None takes all rows or columns together."""
        if self.several:
            outcome = 2 * (self.labels > 0.5).long() + self.predicted().long()
            asked = outcome if row is None else outcome[:, row : row + 1]
            return torch.ones(len(self), dtype=torch.bool) if column is None else (asked == column).any(1)
        kept = torch.ones(len(self), dtype=torch.bool)
        if row is not None:
            kept &= self.labels == row
        return kept if column is None else kept & (self.predicted() == column)


def predict(model: nn.Module, images: Tensor, preparation: BatchPreparation) -> Tensor:
    """Return the logits float32 (B, K) of a minibatch uint8 (B, C, H, W), in evaluation mode and full precision."""
    with evaluation_mode(model), torch.inference_mode():
        logits: Tensor = model(preparation(images))
    return logits.float().clone()


def predictions(
    model: nn.Module,
    labelled: LabelledImages,
    preparation: BatchPreparation,
    batch_size: int = BATCH,
    tell: Callable[[int, int], None] = lambda done, count: None,
) -> Predictions:
    """Return the predictions for a whole set; `tell(done, count)` is called after each minibatch."""
    count, parts = len(labelled.images), []
    for first in range(0, count, batch_size):
        parts.append(predict(model, labelled.images[first : first + batch_size], preparation))
        tell(min(first + batch_size, count), count)
    return Predictions(torch.cat(parts), labelled.labels)


@dataclass(frozen=True, slots=True)
class ImageOrder:
    """An order of images by `key`, float (N,), largest first; `wrong` keeps only wrong answers."""

    key: Callable[[Predictions], Tensor]
    wrong: bool = False


IMAGE_ORDERS = {
    "mistakes": ImageOrder(Predictions.mistake, wrong=True),
    "uncertain": ImageOrder(lambda answers: -answers.confidence()),
    "certain": ImageOrder(Predictions.confidence),
    "number": ImageOrder(lambda answers: -torch.arange(len(answers), dtype=torch.float32)),
}
"""The orders in which the images of a set can be shown, the first by default."""


def select_images(answers: Predictions, view: str, row: int | None = None, column: int | None = None) -> list[int]:
    """Return the numbers of the images of a cell (`Predictions.cell`), in one of `IMAGE_ORDERS`.

    A whole cell is always shown whole, also where its images are right.
    """
    kept = answers.cell(row, column)
    if IMAGE_ORDERS[view].wrong and (row is None or column is None):
        kept &= ~answers.right()
    numbers = kept.nonzero().flatten()
    order = IMAGE_ORDERS[view].key(answers)[numbers].argsort(descending=True, stable=True)
    return numbers[order].tolist()
