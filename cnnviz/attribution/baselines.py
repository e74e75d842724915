"""Baselines x′, images that stand for "nothing there", in pixels of [0, 1]."""

from collections.abc import Callable
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnviz.attribution.seeded_random import make_generator
from cnnviz.text import DEFAULT_LANGUAGE, load

Baseline = Callable[[Tensor, int], Tensor]
"""(1, C, H, W) of pixels in [0, 1] and a seed -> the same shape."""

BLUR = 1 / 8
"""Standard deviation of the blur as a fraction of the image's smaller side."""


def black(pixels: Tensor, seed: int = 0) -> Tensor:
    """Return a black image: 0 everywhere."""
    return torch.zeros_like(pixels)


def white(pixels: Tensor, seed: int = 0) -> Tensor:
    """Return a white image: 1 everywhere."""
    return torch.ones_like(pixels)


def mean(pixels: Tensor, seed: int = 0) -> Tensor:
    """Return the image's own mean in each channel."""
    return pixels.mean((2, 3), keepdim=True).expand_as(pixels).clone()


def blurred(pixels: Tensor, seed: int = 0) -> Tensor:
    """Return the image under a wide Gaussian blur: its colours without its shapes."""
    deviation = max(0.5, BLUR * min(pixels.shape[2:]))
    for axis in (2, 3):
        reach = min(int(3 * deviation + 0.5), pixels.shape[axis] - 1)
        places = torch.arange(-reach, reach + 1).to(pixels)
        weights = torch.exp(-(places**2) / (2 * deviation**2))
        kernel = (weights / weights.sum()).view(1, 1, *((-1, 1) if axis == 2 else (1, -1)))
        pad = (0, 0, reach, reach) if axis == 2 else (reach, reach, 0, 0)
        padded = F.pad(pixels, pad, mode="reflect")
        pixels = F.conv2d(padded.transpose(0, 1), kernel).transpose(0, 1)
    return pixels.clamp(0, 1)


def noise(pixels: Tensor, seed: int = 0) -> Tensor:
    """Return uniform noise in [0, 1], another for each seed."""
    return torch.rand(pixels.shape, generator=make_generator(seed, "baseline")).to(pixels)


BASELINES: MappingProxyType[str, Baseline] = MappingProxyType(
    {"black": black, "white": white, "mean": mean, "blurred": blurred, "noise": noise}
)
"""By name, the first by default; titles stand at `baseline.<name>` in `attribution.toml`. A user's own image is
one more. A network that reads standardised pixels gets them standardised like any image."""
SEVERAL = ("black", "white", "mean", "blurred")
"""Those over which a method averages that takes several at once."""


def title(name: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the title of a baseline."""
    return load("attribution", language)(f"baseline.{name}")
