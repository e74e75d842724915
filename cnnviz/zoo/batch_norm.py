"""Batch normalization in whole and in parts: what do its mean, its variance, its γ and β each do?"""

from collections.abc import Callable
from typing import ClassVar

from torch import Tensor, nn


class _PartialBatchNorm(nn.modules.batchnorm._BatchNorm):
    """In training the batch's own statistic per channel; in evaluation its moving average.

    The statistic left out stays at its neutral value (mean 0, variance 1), so that in evaluation each of
    these is torch's batch normalization with the buffers it shows.
    """

    uses_mean: ClassVar[bool]
    uses_variance: ClassVar[bool]

    def forward(self, input: Tensor) -> Tensor:
        """γ x̂ + β of a (N, C) or (N, C, H, W) batch, in its own shape."""
        self._check_input_dim(input)
        if not self.training:
            return nn.functional.batch_norm(
                input, self.running_mean, self.running_var, self.weight, self.bias, training=False, eps=self.eps
            )
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        momentum = self.momentum or 0.0
        self.num_batches_tracked += 1
        axes = [axis for axis in range(input.dim()) if axis != 1]
        channels = [-1 if axis == 1 else 1 for axis in range(input.dim())]
        normalized = input.to(self.weight.dtype)  # statistics in full precision, whatever autocast hands in
        mean, variance = normalized.mean(axes), normalized.var(axes, unbiased=False)
        if self.uses_mean:
            self.running_mean.lerp_(mean.detach(), momentum)
            normalized = normalized - mean.view(channels)
        if self.uses_variance:
            count = input.numel() // input.shape[1]
            self.running_var.lerp_(variance.detach() * count / max(count - 1, 1), momentum)
            normalized = normalized / (variance + self.eps).sqrt().view(channels)
        return (normalized * self.weight.view(channels) + self.bias.view(channels)).to(input.dtype)


class MeanBatchNorm1d(_PartialBatchNorm, nn.BatchNorm1d):
    """x̂ = x − μ for (N, C): shifted to mean 0, the scale left as it is."""

    uses_mean, uses_variance = True, False

    def __init__(self, num_features: int) -> None:
        super().__init__(num_features, eps=0.0)


class MeanBatchNorm2d(_PartialBatchNorm, nn.BatchNorm2d):
    """x̂ = x − μ for (N, C, H, W): every channel shifted to mean 0, its scale left as it is."""

    uses_mean, uses_variance = True, False

    def __init__(self, num_features: int) -> None:
        super().__init__(num_features, eps=0.0)


class VarianceBatchNorm1d(_PartialBatchNorm, nn.BatchNorm1d):
    """x̂ = x / √(σ² + ε) for (N, C): scaled to variance 1, the mean scaled with it."""

    uses_mean, uses_variance = False, True


class VarianceBatchNorm2d(_PartialBatchNorm, nn.BatchNorm2d):
    """x̂ = x / √(σ² + ε) for (N, C, H, W): every channel scaled to variance 1, its mean scaled with it."""

    uses_mean, uses_variance = False, True


def _fixed1d(channels: int) -> nn.Module:
    return nn.BatchNorm1d(channels, affine=False)


def _fixed2d(channels: int) -> nn.Module:
    return nn.BatchNorm2d(channels, affine=False)


AFTER_CONVOLUTION: dict[str, Callable[[int], nn.Module]] = {
    "full": nn.BatchNorm2d,
    "mean": MeanBatchNorm2d,
    "variance": VarianceBatchNorm2d,
    "fixed": _fixed2d,
}
AFTER_DENSE: dict[str, Callable[[int], nn.Module]] = {
    "full": nn.BatchNorm1d,
    "mean": MeanBatchNorm1d,
    "variance": VarianceBatchNorm1d,
    "fixed": _fixed1d,
}
