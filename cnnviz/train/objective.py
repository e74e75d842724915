"""Training objectives by the kind of labels: the loss, and the rule for a right answer."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Objective:
    """The loss of logits (N, K) against labels, a mean over images, and the right answers, (N,) bool."""

    name: str
    loss: Callable[[Tensor, Tensor, float], Tensor]
    right: Callable[[Tensor, Tensor], Tensor]


def _cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    return F.cross_entropy(logits, labels, label_smoothing=smoothing)


def _most_probable_is_right(logits: Tensor, labels: Tensor) -> Tensor:
    return logits.argmax(1) == labels


def _binary_cross_entropy(logits: Tensor, labels: Tensor, smoothing: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(logits, labels * (1 - smoothing) + smoothing / 2)


def _every_class_is_right(logits: Tensor, labels: Tensor) -> Tensor:
    return ((logits > 0) == (labels > 0.5)).all(1)


OBJECTIVES = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            Objective("cross-entropy", _cross_entropy, _most_probable_is_right),
            Objective("binary-cross-entropy", _binary_cross_entropy, _every_class_is_right),
        )
    }
)


def objective_for(labels: Tensor) -> Objective:
    """Return cross-entropy for class numbers (N,), binary cross-entropy for multi-hot labels (N, K)."""
    return OBJECTIVES["binary-cross-entropy" if labels.dim() == 2 else "cross-entropy"]
