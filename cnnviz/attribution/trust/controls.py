"""Control maps that know nothing of the network: a method that does not beat them explains nothing."""

from collections.abc import Callable
from types import MappingProxyType

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnviz.attribution.seeded_random import make_generator
from cnnviz.text import DEFAULT_LANGUAGE, load

Control = Callable[[Tensor, int], Tensor]
"""(1, C, H, W) and a seed -> (H, W), larger where a pixel would count for more."""


def random(image: Tensor, seed: int = 0) -> Tensor:
    """Return uniform noise."""
    return torch.rand(image.shape[2:], generator=make_generator(seed, "control"))


def edges(image: Tensor, seed: int = 0) -> Tensor:
    """Return the strength of the image's edges: Sobel's filter on the mean of the channels."""
    grey = F.pad(image.float().cpu().mean(1, keepdim=True), (1, 1, 1, 1), mode="replicate")
    across = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    both = F.conv2d(grey, torch.stack((across, across.T))[:, None])
    return both[0].pow(2).sum(0).sqrt()


def input_itself(image: Tensor, seed: int = 0) -> Tensor:
    """Return the image: bright pixels first."""
    return image[0].float().cpu().mean(0)


def centre(image: Tensor, seed: int = 0) -> Tensor:
    """Return the negative distance from the centre: central pixels first."""
    height, width = image.shape[2:]
    rows, columns = torch.arange(height) - (height - 1) / 2, torch.arange(width) - (width - 1) / 2
    return -(rows[:, None] ** 2 + columns[None] ** 2).sqrt()


CONTROLS: MappingProxyType[str, Control] = MappingProxyType(
    {"random": random, "edges": edges, "input": input_itself, "centre": centre}
)
"""Titles stand at `control.<name>` in `attribution.toml`."""


def title(name: str, language: str = DEFAULT_LANGUAGE) -> str:
    """Return the title of a control."""
    return load("attribution", language)(f"control.{name}")
