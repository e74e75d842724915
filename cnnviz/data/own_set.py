"""A reader's own image set, made from a zip of folders: images of one size, and a split that is always the same."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from cnnviz.data.archive import ImageArchive, ImageFile
from cnnviz.data.image_set import ImageSet
from cnnviz.data.preparation import match_channels, prepare
from cnnviz.data.upload import FORMATS, MAX_PIXELS, read_upload
from cnnviz.errors import Refusal

SIZES = (16, 28, 32, 48, 64, 96)
"""Heights and widths in pixels that images may be brought to."""
LEAST = 5
"""Images per class, so that a fifth is one."""
HELD_OUT = 5
"""One image in so many is held out for testing, class by class."""
MAX_NUMBERS = 64_000_000
"""Values of all images together."""
SPLIT_SEED = 0

_SAID = {
    "upload_empty": "archive_image_empty",
    "upload_bytes": "archive_image_format",
    "upload_format": "archive_image_format",
    "upload_pixels": "archive_image_pixels",
    "upload_bomb": "archive_image_pixels",
    "upload_damaged": "archive_image_damaged",
}


@dataclass(frozen=True, slots=True, eq=False)
class OwnSet:
    """The images of a zip at one size, split, with what had to be left out."""

    classes: tuple[str, ...]
    train: ImageSet
    test: ImageSet
    duplicates: int
    """Files that held an image of the same class again and were left out."""


def make_own_set(data: bytes, size: int, tell: Callable[[int, int], object] = lambda done, count: None) -> OwnSet:
    """The set in a zip of image folders: the middle square of every image at `size`, in colour if any of them is.

    `tell` hears how many of how many files are read. The same zip always gives the same split.

    Raises:
        Refusal: one sentence for whatever is wrong with the zip or with one of its files.
    """
    if size not in SIZES:
        raise Refusal("own_size", got=size, known=", ".join(map(str, SIZES)))
    archive = ImageArchive(data)
    images: list[Tensor] = []
    labels: list[int] = []
    seen: dict[bytes, str] = {}
    numbers = 0
    for done, file in enumerate(archive, start=1):
        digest = hashlib.sha256(file.data).digest()
        if seen.setdefault(digest, file.class_name) != file.class_name:
            raise Refusal("own_two_classes", path=file.path, other=seen[digest])
        if len(seen) > len(images):
            images.append(_read(file, size))
            labels.append(archive.classes.index(file.class_name))
            numbers += 3 * size * size
            if numbers > MAX_NUMBERS:
                raise Refusal("own_large", limit=MAX_NUMBERS // (3 * size * size), size=size)
        tell(done, len(archive))
    channels = max(len(image) for image in images)
    pixels = torch.stack([match_channels(image, channels) for image in images])
    truth = torch.tensor(labels)
    for index, name in enumerate(archive.classes):
        if int((truth == index).sum()) < LEAST:
            raise Refusal("own_few", name=name, least=LEAST, got=int((truth == index).sum()))
    train, test = split(truth)
    return OwnSet(
        archive.classes,
        ImageSet(pixels[train], truth[train]),
        ImageSet(pixels[test], truth[test]),
        len(archive) - len(images),
    )


def split(labels: Tensor) -> tuple[Tensor, Tensor]:
    """The numbers of the training and of the test images, mixed: a fifth of each class, rounded, is held out."""
    held_out = np.zeros(len(labels), dtype=bool)
    generator = np.random.default_rng(SPLIT_SEED)
    for index in range(int(labels.max()) + 1):
        members = generator.permutation(np.flatnonzero(labels.numpy() == index))
        held_out[members[: round(len(members) / HELD_OUT)]] = True
    train, test = (generator.permutation(np.flatnonzero(kept)) for kept in (~held_out, held_out))
    return torch.from_numpy(train), torch.from_numpy(test)


def _read(file: ImageFile, size: int) -> Tensor:
    """uint8 (C, size, size), grey or colour."""
    try:
        image = read_upload(file.data).image
    except Refusal as refusal:
        raise Refusal(
            _SAID[refusal.key], path=file.path, formats=", ".join(FORMATS), limit=MAX_PIXELS // 1_000_000
        ) from refusal
    return prepare(image, (len(image), size, size)).steps[-2].image
