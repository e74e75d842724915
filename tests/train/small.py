"""Small sets and a small network, quick to learn."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True)
class Labelled:
    """Images uint8 (N, C, H, W) with labels."""

    images: Tensor
    labels: Tensor


def patterns(count: int, channels: int = 1, side: int = 12, classes: int = 3, seed: int = 0) -> Labelled:
    """Noise with one bright column per class."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % classes
    images = torch.randint(0, 120, (count, channels, side, side), generator=generator, dtype=torch.uint8)
    for image, label in zip(images, labels.tolist(), strict=True):
        image[:, :, 3 * label + 1] = 250
    return Labelled(images, labels)


def small_network(classes: int = 3, channels: int = 1) -> nn.Sequential:
    """Convolution, batch normalization, ReLU, pooling, dropout, dense: everything with a mode or a state."""
    with torch.random.fork_rng():
        torch.manual_seed(5)
        return nn.Sequential(
            nn.Conv2d(channels, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(16, 8, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(8 * 6 * 6, classes),
        )
