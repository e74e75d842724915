"""Augmentations: random changes of images that keep their labels; the table loads without torch.

Each takes pixels (N, C, H, W) in [0, 1] and gives the same shape in [0, 1], with an own draw for every
image. The draws come from a generator on the CPU, so that a seed means the same on every machine. They are written
here because torchvision's `transforms.v2` draws once for a whole minibatch, and Kornia, which draws for each image,
takes no generator and would be one more package for the script that repeats a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor

CROP_SHARE = 8
"""The window of a crop moves by up to a side over this, each way."""
COLOUR_RANGE = 0.4
"""Brightness, contrast and saturation are multiplied by 1 ± this."""


def crop(pixels: Tensor, generator: Generator) -> Tensor:
    """Shift each image by up to an eighth of its side, with zeros from outside."""
    import torch
    from torch.nn.functional import pad

    count, _, height, width = pixels.shape
    up, left = max(1, height // CROP_SHARE), max(1, width // CROP_SHARE)
    rows = torch.randint(0, 2 * up + 1, (count, 1), generator=generator) + torch.arange(height)
    columns = torch.randint(0, 2 * left + 1, (count, 1), generator=generator) + torch.arange(width)
    wide = pad(pixels, (left, left, up, up))
    images = torch.arange(count, device=pixels.device)[:, None, None]
    rows, columns = rows.to(pixels.device)[:, :, None], columns.to(pixels.device)[:, None, :]
    moved = wide.permute(0, 2, 3, 1)[images, rows, columns]
    return moved.permute(0, 3, 1, 2).contiguous()


def flip(pixels: Tensor, generator: Generator) -> Tensor:
    """Mirror each image left to right with probability 1/2."""
    import torch

    mirrored = torch.randint(0, 2, (len(pixels), 1, 1, 1), generator=generator).bool().to(pixels.device)
    return torch.where(mirrored, pixels.flip(-1), pixels)


def colour(pixels: Tensor, generator: Generator) -> Tensor:
    """Change brightness, contrast and, of colour images, saturation of each image by up to 40 %."""
    import torch

    factors = 1 + COLOUR_RANGE * (2 * torch.rand(3, len(pixels), 1, 1, 1, generator=generator) - 1)
    brightness, contrast, saturation = factors.to(pixels.device)
    changed = (pixels * brightness).clamp(0, 1)
    mean = changed.mean(dim=(1, 2, 3), keepdim=True)
    changed = (mean + (changed - mean) * contrast).clamp(0, 1)
    if pixels.shape[1] != 3:
        return changed
    grey = changed.mean(dim=1, keepdim=True)
    return (grey + (changed - grey) * saturation).clamp(0, 1)


AUGMENTATIONS: MappingProxyType[str, Callable[[Tensor, Generator], Tensor]] = MappingProxyType(
    {"crop": crop, "flip": flip, "colour": colour}
)


def apply_augmentations(pixels: Tensor, names: Iterable[str], seed: int) -> Tensor:
    """Return `pixels` after the augmentations in `names`, one after the other, drawn from `seed`."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    for name in names:
        pixels = AUGMENTATIONS[name](pixels, generator)
    return pixels
