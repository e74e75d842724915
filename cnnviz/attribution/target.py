"""The explained number: one class, or one class less another, as a logit or as a probability."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnviz.errors import UserError
from cnnviz.module_copy.checks import input_dtype
from cnnviz.module_copy.clone import clone_sharing_weights
from cnnviz.ops.softmax import class_probabilities


@dataclass(frozen=True, slots=True)
class Target:
    """A number computed from a network's outputs.

    >>> Target(3).score(torch.arange(10.0)[None])
    tensor([3.])
    >>> Target(3, minus=5).score(torch.arange(10.0)[None])
    tensor([-2.])
    """

    index: int
    minus: int | None = None
    """The class whose number is subtracted; None for none."""
    probability: bool = False
    """Probabilities instead of logits."""
    independent: bool = False
    """Each class has a probability of its own (sigmoid), as where an image holds several; else softmax."""

    def score(self, logits: Tensor) -> Tensor:
        """Map (N, K) to (N,)."""
        scores = logits
        if self.probability:
            scores = class_probabilities(logits, self.independent)
        chosen = scores.select(1, self.index)
        return chosen if self.minus is None else chosen - scores.select(1, self.minus)

    def check(self, num_classes: int) -> None:
        """Raise if the class indices are out of range or equal.

        Raises:
            UserError: `attribution_target` or `attribution_same_target`.
        """
        for index in (self.index, 0 if self.minus is None else self.minus):
            if not 0 <= index < num_classes:
                raise UserError("attribution_target", got=index, last=num_classes - 1)
        if self.minus == self.index:
            raise UserError("attribution_same_target", index=self.index)


def compute_logits(model: nn.Module, images: Tensor) -> Tensor:
    """Return the logits (N, K) of images (N, C, H, W) in evaluation mode, without touching the model."""
    with torch.no_grad():
        logits: Tensor = clone_sharing_weights(model)(images.to(input_dtype(model)))
    return logits
