"""The dense layer: every input weighs in on every output."""

from torch import Tensor


def dense(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """(…, F) through weights (O, F): (…, O), each Σ wᵢxᵢ + b."""
    total = (x[..., None, :] * weight).sum(-1)
    return total if bias is None else total + bias


def flatten(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (N, C·H·W): the value at (c, y, x) goes to place (c·H + y)·W + x."""
    return x.reshape(len(x), -1)
