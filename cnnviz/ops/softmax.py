"""Softmax and cross-entropy: scores into probabilities, and how far they are from the truth."""

from torch import Tensor

from cnnviz.errors import UserError


def softmax(scores: Tensor, dim: int = -1) -> Tensor:
    """eᶻ / Σ eᶻ along `dim`; taking the largest score off first changes nothing and never overflows."""
    powers = (scores - scores.amax(dim, keepdim=True)).exp()
    return powers / powers.sum(dim, keepdim=True)


def class_probabilities(logits: Tensor, multi_label: bool = False) -> Tensor:
    """Return (…, K) probabilities of logits: softmax, or a sigmoid of each where an image may have several classes."""
    return logits.sigmoid() if multi_label else logits.softmax(-1)


def log_softmax(scores: Tensor, dim: int = -1) -> Tensor:
    """z − ln Σ eᶻ along `dim`."""
    shifted = scores - scores.amax(dim, keepdim=True)
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


def cross_entropy(scores: Tensor, target: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """(N, K) scores and (N,) classes -> (N,) losses: −(1 − ε) ln pₜ − ε/K Σ ln pₖ.

    Raises:
        UserError: `op_share`.
    """
    if not 0 <= label_smoothing <= 1:
        raise UserError("op_share", got=label_smoothing)
    logs = log_softmax(scores)
    chosen = logs.gather(1, target[:, None])[:, 0]
    return -(1 - label_smoothing) * chosen - label_smoothing * logs.sum(1) / scores.shape[1]
