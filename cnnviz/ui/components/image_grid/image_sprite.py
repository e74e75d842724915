"""Thumbnails of several images side by side in one PNG."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

MOST_PIXELS = 56
"""Along the longer side of a thumbnail; a larger image is made smaller, a smaller one stays as it is."""


@dataclass(frozen=True, slots=True)
class ImageSprite:
    """One row of thumbnails in a PNG."""

    url: str
    """A `data:` address."""
    count: int
    height: int
    """Of each thumbnail, in pixels."""
    width: int


def make_sprite(images: Sequence[Tensor]) -> ImageSprite:
    """Return the sprite of images uint8 (C, H, W) of one size: a colour image's first three channels, else the first.

    >>> import torch
    >>> sprite = make_sprite([torch.zeros(1, 28, 28, dtype=torch.uint8), torch.ones(1, 28, 28, dtype=torch.uint8)])
    >>> sprite.count, sprite.height, sprite.width
    (2, 28, 28)
    """
    channels, height, width = images[0].shape
    factor = max(1, ceil(max(height, width) / MOST_PIXELS))
    size = (max(1, width // factor), max(1, height // factor))
    tiles = []
    for image in images:
        pixels = (image[:3] if channels >= 3 else image[:1]).permute(1, 2, 0).numpy()
        tile = Image.fromarray(pixels if channels >= 3 else pixels[:, :, 0])
        tiles.append(np.asarray(tile if factor == 1 else tile.resize(size, Image.Resampling.BOX)))
    file = BytesIO()
    Image.fromarray(np.concatenate(tiles, 1)).save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return ImageSprite(url, len(images), size[1], size[0])
