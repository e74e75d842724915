"""Local response normalization: a value divided by what its neighbouring channels say at the same pixel."""

import torch
from torch import Tensor


def neighbours(channel: int, size: int, channels: int) -> range:
    """Return the channels a channel is compared with: ⌊n/2⌋ before it and ⌊(n − 1)/2⌋ after it."""
    return range(max(0, channel - size // 2), min(channels, channel + (size - 1) // 2 + 1))


def local_response_norm(
    x: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0, divide: bool = True
) -> Tensor:
    """(N, C, …) -> a / (k + α/n Σ a²)^β over n = `size` channels; the paper has no 1/n (`divide`)."""
    squares = x**2
    sums = torch.stack(
        [squares[:, list(neighbours(channel, size, x.shape[1]))].sum(1) for channel in range(x.shape[1])], 1
    )
    return x / (k + alpha * sums / (size if divide else 1)) ** beta
