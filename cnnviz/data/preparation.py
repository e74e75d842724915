"""From an image as it is to the tensor a network takes, one visible step after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from cnnviz.data.image_note import ImageNote
from cnnviz.data.standardise import Scaling, per_channel, standardised
from cnnviz.errors import UserError

Shape = tuple[int, int, int]
Size = tuple[int, int]

_LATER = ("grey", "copied", "cycled", "dropped", "unit", "standardised")
"""What is done to an image that has its size."""

_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601, as Pillow and torchvision weigh red, green and blue


@dataclass(frozen=True, slots=True, eq=False)
class PreparationStep:
    """One thing done to the image, and the image after it."""

    note: ImageNote
    image: Tensor
    """(C, H, W): uint8 up to the last step, then float32."""

    @property
    def key(self) -> str:
        """`original`, `negative`, `cropped`, `shrunk`, `enlarged`, `resized`, `padded`, `grey`, `copied`, `cycled`,
        `dropped`, `unit` or `standardised`."""
        return self.note.key

    @property
    def size(self) -> Size:
        """Height and width in pixels."""
        return int(self.image.shape[1]), int(self.image.shape[2])


@dataclass(frozen=True, slots=True, eq=False)
class PreparedImage:
    """An image on its way into a network."""

    steps: tuple[PreparationStep, ...]
    """The first holds the original, the last the network's input."""
    tensor: Tensor
    """float32 (1, C, H, W)"""
    upscaled: tuple[float, float] | None
    """How many times taller and wider the pixels were made, where either is above 1; else None."""
    doubts: tuple[ImageNote, ...] = ()
    """Why the image may not be what the network was trained to read."""

    @property
    def original(self) -> Tensor:
        """uint8 (C, H, W), as it came."""
        return self.steps[0].image

    @property
    def fitted(self) -> Tensor:
        """uint8 (C, H, W), brought to its size before a border was added and channels were matched."""
        size = next(step for step in reversed(self.steps) if step.key not in ("padded", *_LATER))
        return size.image


def prepare(
    image: Tensor,
    input_shape: Shape,
    mode: str = "crop",
    scaling: Scaling | None = None,
    shorter: int = 0,
    negative: bool = False,
) -> PreparedImage:
    """Return an image uint8 (C, H, W) as the tensor float32 (1, C, H, W) of `input_shape`, with every step between.

    Values end in [0, 1], and nothing is rounded on the way, as in training; the steps show whole numbers. With
    `scaling` the mean is taken off and the rest divided by the standard deviation; a network with another number
    of channels than `scaling` gets the mean of its numbers for each. With `shorter` the mode "crop" brings the
    shorter side to so many pixels and then cuts out the middle, as published ImageNet weights expect. A `negative`
    has light and dark swapped before anything else, so that a border stays black.

    Raises:
        UserError: `unknown_mode`.
    """
    if mode not in MODES:
        raise UserError("unknown_mode", name=mode, known=[*MODES])
    if image.dtype != torch.uint8 or image.ndim != 3 or 0 in image.shape:
        raise ValueError(f"image must be uint8 (C, H, W), but got {image.dtype} {tuple(image.shape)}")
    channels, height, width = input_shape
    exact = [PreparationStep(_note("original", image), image.float())]
    if negative:
        swapped = 255 - exact[-1].image
        exact.append(PreparationStep(_note("negative", swapped), swapped))
    if shorter and mode == "crop":
        _middle_of(exact, max(shorter, height, width), (height, width))
    MODES[mode](exact, (height, width))
    _match_channels(exact, channels)
    values = (exact[-1].image / 255).clamp(0, 1)
    steps = [PreparationStep(step.note, _whole(step.image)) for step in exact]
    steps[0] = PreparationStep(steps[0].note, image)
    steps.append(PreparationStep(_note("unit", values), values))
    if scaling is not None:
        values = standardised(values, scaling)
        mean, std = (per_channel(numbers, channels) for numbers in scaling)
        steps.append(PreparationStep(_note("standardised", values, mean=_listed(mean), std=_listed(std)), values))
    return PreparedImage(tuple(steps), values[None].contiguous(), _upscaling(steps))


def resize(images: Tensor, size: Size) -> Tensor:
    """Return uint8 (…, C, H, W) at another size: bilinear, and averaging what a pixel covers when shrinking."""
    if tuple(images.shape[-2:]) == size:
        return images
    batch = images.reshape(-1, *images.shape[-3:]).float()
    return _whole(_resized(batch, size)).reshape(*images.shape[:-2], *size)


def match_channels(images: Tensor, channels: int) -> Tensor:
    """Return uint8 (…, C, H, W) with other channels: colour to one grey, else those there are in turn."""
    present = images.shape[-3]
    if present == channels:
        return images
    if present == 3 and channels == 1:
        return _whole(_grey(images.float()))
    return images.index_select(-3, torch.arange(channels) % present)


def _whole(images: Tensor) -> Tensor:
    """Return float32 as the nearest uint8."""
    return images.round().clamp(0, 255).to(torch.uint8)


def _resized(batch: Tensor, size: Size) -> Tensor:
    """Return float32 (N, C, H, W) at another size."""
    return functional.interpolate(batch, size=size, mode="bilinear", align_corners=False, antialias=True)


def _grey(images: Tensor) -> Tensor:
    """Return float32 (…, 3, H, W) as grey, (…, 1, H, W)."""
    return (images * torch.tensor(_LUMA)[:, None, None]).sum(-3, keepdim=True)


def _middle_of(steps: list[PreparationStep], shorter: int, size: Size) -> None:
    """Return the middle of the image once its shorter side has so many pixels, cut as torchvision cuts it."""
    _cut_long(steps, 8 * min(steps[-1].image.shape[1:]))
    height, width = steps[-1].image.shape[1:]
    _resize(steps, (max(shorter, shorter * height // width), max(shorter, shorter * width // height)))
    image = steps[-1].image
    height, width = image.shape[1:]
    if (height, width) != size:
        top, left = round((height - size[0]) / 2), round((width - size[1]) / 2)
        image = image[:, top : top + size[0], left : left + size[1]]
        steps.append(PreparationStep(_note("cropped", image), image))


def _cut_long(steps: list[PreparationStep], longest: int) -> None:
    """Keep the middle of a long image: the rest is cut away later, and enlarged it would take gigabytes."""
    image = steps[-1].image
    for axis in (1, 2):
        extent = image.shape[axis]
        if extent > longest:
            kept = longest + (extent - longest) % 2  # so that the middle stays where it was
            image = image.narrow(axis, (extent - kept) // 2, kept)
    if image is not steps[-1].image:
        steps.append(PreparationStep(_note("cropped", image), image))


def _crop(steps: list[PreparationStep], size: Size) -> None:
    image = steps[-1].image
    height, width = image.shape[1:]
    ratio = min(height / size[0], width / size[1])
    new_height = min(height, max(1, round(size[0] * ratio)))
    new_width = min(width, max(1, round(size[1] * ratio)))
    if (new_height, new_width) != (height, width):
        top, left = (height - new_height) // 2, (width - new_width) // 2
        image = image[:, top : top + new_height, left : left + new_width]
        steps.append(PreparationStep(_note("cropped", image), image))
    _resize(steps, size)


def _fit(steps: list[PreparationStep], size: Size, largest: float = float("inf")) -> None:
    height, width = steps[-1].image.shape[1:]
    scale = min(size[0] / height, size[1] / width, largest)
    _resize(steps, (min(size[0], max(1, round(height * scale))), min(size[1], max(1, round(width * scale)))))
    image = steps[-1].image
    height, width = image.shape[1:]
    if (height, width) != size:
        top, left = (size[0] - height) // 2, (size[1] - width) // 2
        image = functional.pad(image, (left, size[1] - width - left, top, size[0] - height - top))
        steps.append(PreparationStep(_note("padded", image), image))


def _pad(steps: list[PreparationStep], size: Size) -> None:
    _fit(steps, size, largest=1)


def _resize(steps: list[PreparationStep], size: Size) -> None:
    before = steps[-1].image
    height, width = (int(extent) for extent in before.shape[1:])
    if (height, width) == size:
        return
    larger, smaller = size[0] > height or size[1] > width, size[0] < height or size[1] < width
    key = "enlarged" if not smaller else "shrunk" if not larger else "resized"
    image = _resized(before[None], size)[0]
    steps.append(PreparationStep(_note(key, image, by=f"{size[0] / height:.3g}×{size[1] / width:.3g}"), image))


def _match_channels(steps: list[PreparationStep], channels: int) -> None:
    before = steps[-1].image
    present = before.shape[0]
    if present == channels:
        return
    image = _grey(before) if (present, channels) == (3, 1) else match_channels(before, channels)
    key = (
        "grey"
        if (present, channels) == (3, 1)
        else "copied"
        if present == 1
        else "dropped"
        if channels < present
        else "cycled"
    )
    steps.append(PreparationStep(_note(key, image, before=present, after=channels), image))


def _upscaling(steps: list[PreparationStep]) -> tuple[float, float] | None:
    for before, after in pairwise(steps):
        if after.key in ("enlarged", "resized"):
            return after.size[0] / before.size[0], after.size[1] / before.size[1]
    return None


def _listed(numbers: tuple[float, ...]) -> str:
    shown = numbers if len(set(numbers)) > 1 else numbers[:1]
    return ", ".join(f"{number:.3g}" for number in shown)


def _note(key: str, image: Tensor, **values: Any) -> ImageNote:
    channels, height, width = image.shape
    return ImageNote(key, MappingProxyType({"channels": channels, "height": height, "width": width, **values}))


MODES: MappingProxyType[str, Callable[[list[PreparationStep], Size], None]] = MappingProxyType(
    {"crop": _crop, "fit": _fit, "stretch": _resize, "pad": _pad}
)
"""How an image of another shape is brought to the network's, the first by default: the largest middle part,
the whole with a border of zeros, each axis for itself, the whole with a border and never enlarged."""
