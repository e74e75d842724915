"""The polarity of images, light on dark or dark on light, from their borders, beside that of a whole set."""

from typing import Literal

import torch
from torch import Tensor

from cnnviz.data.preparation import match_channels

MOSTLY = 0.6
"""Of a border, the fraction of light pixels from which the ground is surely light; of dark ones likewise."""
HARDLY = 0.05
"""Of a set, the fraction of images with the other ground up to which its ground is always the same."""


def light_border_share(images: Tensor) -> Tensor:
    """Return the fraction of the outermost pixels of uint8 (N, C, H, W) that are light: float32 (N,).

    Light is above the middle between the image's own darkest and lightest pixel, so that a shaded photograph of
    paper counts as paper; a pixel in the very middle counts half.
    """
    grey = match_channels(images, 1)[:, 0].float()
    middle = (grey.amin((1, 2)) + grey.amax((1, 2))) / 2
    border = torch.cat([grey[:, 0], grey[:, -1], grey[:, 1:-1, 0], grey[:, 1:-1, -1]], 1)
    return ((border - middle[:, None]).sign().mean(1) + 1) / 2


def light_background_share(images: Tensor) -> float:
    """Return the fraction of uint8 (N, C, H, W) whose border is mostly light."""
    return float((light_border_share(images) > 0.5).float().mean())


def compare_polarity(light: float, usual: float | None) -> Literal["same", "other", "unclear"]:
    """Return whether an image with a fraction `light` of its border light has the ground of a set with `usual` light
    grounds.

    Unclear where the image has no one ground, where the set's images differ, and where the set was not measured.
    """
    if usual is None or HARDLY < usual < 1 - HARDLY or 1 - MOSTLY < light < MOSTLY:
        return "unclear"
    return "same" if (light > 0.5) == (usual > 0.5) else "other"
