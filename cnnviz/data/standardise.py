"""Standardisation: the mean of each channel taken off, the rest divided by its standard deviation, and back."""

from torch import Tensor

Scaling = tuple[tuple[float, ...], tuple[float, ...]]
"""Mean and standard deviation per channel, as `Dataset.mean` and `Dataset.std`."""


def standardised(pixels: Tensor, scaling: Scaling | None) -> Tensor:
    """Return (x − mean) / deviation of pixels (…, C, H, W); the pixels themselves for no scaling.

    >>> import torch
    >>> standardised(torch.full((1, 1, 1), 0.75), ((0.5,), (0.25,)))
    tensor([[[1.]]])
    """
    if scaling is None:
        return pixels
    mean, deviation = _columns(scaling, pixels)
    return (pixels - mean) / deviation


def unstandardised(images: Tensor, scaling: Scaling | None) -> Tensor:
    """Return x · deviation + mean of images (…, C, H, W) that `standardised` made."""
    if scaling is None:
        return images
    mean, deviation = _columns(scaling, images)
    return images * deviation + mean


def per_channel(numbers: tuple[float, ...], channels: int) -> tuple[float, ...]:
    """Return one number per channel; for another number of channels the mean of `numbers` for each."""
    return numbers if len(numbers) == channels else (sum(numbers) / len(numbers),) * channels


def _columns(scaling: Scaling, images: Tensor) -> Tensor:
    """Return mean and deviation, (2, C, 1, 1)."""
    channels = images.shape[-3]
    return images.new_tensor([per_channel(numbers, channels) for numbers in scaling])[..., None, None]
