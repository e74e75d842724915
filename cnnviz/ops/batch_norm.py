"""Batch normalization: a batch's own mean and variance while training, moving averages of them afterwards."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class MovingAverages:
    """Statistics that inference uses, per channel: (C,) each."""

    mean: Tensor
    variance: Tensor
    momentum: float = 0.9
    """In the course's sense, the share of the old value kept; torch's `momentum` is 1 minus it."""
    unbiased: bool = False
    """Whether the averaged variance divides by n − 1 (torch) or by n (the course's first edition)."""

    def after(self, mean: Tensor, variance: Tensor, count: int) -> "MovingAverages":
        """These averages with a batch mixed in: its mean, its biased variance, its values per channel."""
        if self.unbiased:
            variance = variance * count / (count - 1)
        keep, take = self.momentum, 1 - self.momentum
        return MovingAverages(
            keep * self.mean + take * mean, keep * self.variance + take * variance, self.momentum, self.unbiased
        )


def course_averages(channels: int, momentum: float = 0.9) -> MovingAverages:
    """As the first edition starts: mean 0 and variance 0, so inference first multiplies by 1/√ε ≈ 316."""
    return MovingAverages(torch.zeros(channels), torch.zeros(channels), momentum, unbiased=False)


def torch_averages(channels: int, momentum: float = 0.9) -> MovingAverages:
    """As torch starts: mean 0 and variance 1, then averages of the unbiased variance."""
    return MovingAverages(torch.zeros(channels), torch.ones(channels), momentum, unbiased=True)


@dataclass(frozen=True, slots=True, eq=False)
class BatchNormStep:
    """One batch through the layer: the statistics used (C,), x̂, y, and the averages afterwards."""

    mean: Tensor
    variance: Tensor
    normalized: Tensor
    output: Tensor
    averages: MovingAverages


def batch_norm(
    x: Tensor, gamma: Tensor | None, beta: Tensor | None, averages: MovingAverages, training: bool, eps: float = 1e-5
) -> BatchNormStep:
    """x̂ = (x − μ) / √(σ² + ε), y = γx̂ + β, per feature of (N, F) or per channel of (N, C, H, W)."""
    mean, variance = averages.mean, averages.variance
    if training:
        mean, variance = statistics(x)
        averages = averages.after(mean, variance, x.numel() // x.shape[1])
    shape = (1, -1, *[1] * (x.dim() - 2))
    normalized = (x - mean.reshape(shape)) / (variance.reshape(shape) + eps).sqrt()
    output = normalized
    if gamma is not None:
        output = output * gamma.reshape(shape)
    if beta is not None:
        output = output + beta.reshape(shape)
    return BatchNormStep(mean, variance, normalized, output, averages)


def statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance (C,) over the batch of (N, C, …), and over space where there is any."""
    values = x.transpose(0, 1).flatten(1)
    mean = values.sum(1) / values.shape[1]
    return mean, ((values - mean[:, None]) ** 2).sum(1) / values.shape[1]
