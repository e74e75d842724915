"""Preparation of a minibatch: from bytes in memory to a network's input."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnviz.data.standardise import standardised
from cnnviz.train.augment import apply_augmentations


class LabelledImages(Protocol):
    """Images uint8 (N, C, H, W) and labels: class numbers int64 (N,), or multi-hot float32 (N, K)."""

    @property
    def images(self) -> Tensor:
        """uint8 (N, C, H, W)"""
        ...

    @property
    def labels(self) -> Tensor:
        """int64 (N,) or float32 (N, K)"""
        ...


@dataclass(frozen=True, slots=True)
class BatchPreparation:
    """The transform from bytes to a network's input: scaled to [0, 1], resized (bilinear), standardised on demand."""

    image_size: int = 0
    """Height and width in pixels; 0 leaves the images as they are."""
    mean: tuple[float, ...] = ()
    """Per channel, of pixels in [0, 1]; empty for pixels that are not standardised."""
    deviation: tuple[float, ...] = ()
    channels_last: bool = False

    def __call__(self, pixels: Tensor, augment: Iterable[str] = (), seed: int = 0) -> Tensor:
        """Map uint8 (N, C, H, W) to float32 (N, C, S, S)."""
        prepared = pixels.to(torch.float32).div_(255)
        if augment:
            prepared = apply_augmentations(prepared, augment, seed)
        side = self.image_size
        if side and prepared.shape[2:] != (side, side):
            smaller = side < max(prepared.shape[2:])
            prepared = F.interpolate(prepared, (side, side), mode="bilinear", antialias=smaller)
        prepared = standardised(prepared, (self.mean, self.deviation) if self.mean else None)
        return prepared.contiguous(memory_format=torch.channels_last) if self.channels_last else prepared


def pixel_statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and standard deviation of each channel of uint8 (N, C, H, W), as pixels in [0, 1]."""
    values = torch.arange(256, dtype=torch.float64) / 255
    means, deviations = [], []
    for channel in range(images.shape[1]):
        counts = torch.bincount(images[:, channel].flatten().cpu(), minlength=256).double()
        mean = (counts * values).sum() / counts.sum()
        variance = (counts * (values - mean) ** 2).sum() / counts.sum()
        means.append(float(mean))
        deviations.append(max(float(variance.sqrt()), 1e-6))
    return tuple(means), tuple(deviations)
