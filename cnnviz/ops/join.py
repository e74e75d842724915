"""Joins of branches: side by side (Inception, DenseNet) or added (ResNet)."""

from collections.abc import Callable, Iterable, Sequence

from torch import Tensor


def concatenation(branches: Sequence[Tensor]) -> Tensor:
    """(N, C₁, H, W), (N, C₂, H, W), … -> (N, C₁ + C₂ + …, H, W)."""
    offsets = channel_offsets([branch.shape[1] for branch in branches])
    joined = branches[0].new_empty(len(branches[0]), offsets[-1], *branches[0].shape[2:])
    for branch, first in zip(branches, offsets, strict=False):
        joined[:, first : first + branch.shape[1]] = branch
    return joined


def channel_offsets(counts: Iterable[int]) -> list[int]:
    """Return the first channel of each branch in the concatenation, and the end: 2, 4, 1 -> 0, 2, 6, 7."""
    offsets = [0]
    for count in counts:
        offsets.append(offsets[-1] + count)
    return offsets


def branch_of(channel: int, counts: Sequence[int]) -> tuple[int, int]:
    """Return the branch that a channel of the concatenation came from, and its number there."""
    offsets = channel_offsets(counts)
    branch = next(number for number in range(len(counts)) if channel < offsets[number + 1])
    return branch, channel - offsets[branch]


def inception(x: Tensor, branches: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """Return every branch on the same input, their channels side by side."""
    return concatenation([branch(x) for branch in branches])


def residual(x: Tensor, function: Callable[[Tensor], Tensor]) -> Tensor:
    """x + f(x): the identity when f is 0."""
    return x + function(x)


def dense_block(x: Tensor, functions: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
    """x -> [x, f₁(x), f₂([x, f₁(x)]), …]: everything made so far stays readable."""
    for function in functions:
        x = concatenation([x, function(x)])
    return x
