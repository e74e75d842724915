"""An uploaded image set, made from a zip: images of one size, and a split that is always the same."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from cnnviz.data.archive import ImageArchive, ImageFile
from cnnviz.data.decode_limits import FORMATS, MAX_PIXELS, DecodeBudget
from cnnviz.data.image_note import ImageNote
from cnnviz.data.image_set import ImageSet
from cnnviz.data.preparation import match_channels, prepare
from cnnviz.data.splits import TEST
from cnnviz.data.upload import count_pixels, read_upload
from cnnviz.errors import UserError

SIZES = (16, 28, 32, 48, 64, 96)
"""Heights and widths in pixels that images may be brought to."""
LEAST = 5
"""Images per class, so that a fifth is one."""
HELD_OUT = 5
"""One image in so many is held out for testing, class by class."""
MAX_NUMBERS = 64_000_000
"""Values of all images together."""
SPLIT_SEED = 0

MAX_TOTAL_PIXELS = 250_000_000
"""Of all images before they are reduced; about ten seconds of decoding."""
MAX_SECONDS = 60.0
"""Processor time for decoding all images together."""
MAX_READS = 1_000_000
"""Times that the parsers of all images together may ask for bytes."""

_SAID = {
    "upload_empty": "archive_image_empty",
    "upload_bytes": "archive_image_format",
    "upload_format": "archive_image_format",
    "upload_kind": "archive_image_format",
    "upload_pixels": "archive_image_pixels",
    "upload_side": "archive_image_pixels",
    "upload_bomb": "archive_image_pixels",
    "upload_scans": "archive_image_work",
    "upload_tiff_tiles": "archive_image_work",
    "upload_tiff_pieces": "archive_image_work",
    "upload_tiff_packing": "archive_image_work",
    "upload_work": "archive_image_work",
    "upload_damaged": "archive_image_damaged",
}


@dataclass(frozen=True, slots=True, eq=False)
class UploadedSet:
    """The images of a zip at one size, split, with what had to be left out."""

    classes: tuple[str, ...]
    train: ImageSet
    test: ImageSet
    duplicates: int
    """Files that held an image of the same class again and were left out."""
    notes: tuple[ImageNote, ...] = ()
    """What the owner should know of how the zip was read."""


def make_uploaded_set(
    data: bytes, size: int, tell: Callable[[int, int], object] = lambda done, count: None
) -> UploadedSet:
    """Return the set in a zip of images: the middle square of every image at `size`, in colour if any of them is.

    `tell` hears how many of how many files are read. The owner's split is kept where the zip has one; the same zip
    always gives the same split.

    Raises:
        UserError: one sentence for whatever is wrong with the zip or with one of its files.
    """
    if size not in SIZES:
        raise UserError("own_size", got=size, known=[*SIZES])
    archive = ImageArchive(data)
    budget = DecodeBudget(MAX_READS, MAX_SECONDS)
    _check_pixels(archive, budget)
    images: list[Tensor] = []
    labels: list[int] = []
    splits: list[str] = []
    seen: dict[bytes, str] = {}
    numbers = 0
    for done, file in enumerate(archive, start=1):
        digest = hashlib.sha256(file.data).digest()
        if seen.setdefault(digest, file.class_name) != file.class_name:
            raise UserError("own_two_classes", path=file.path, other=seen[digest])
        if len(seen) > len(images):
            images.append(_read(file, size, budget))
            labels.append(archive.classes.index(file.class_name))
            splits.append(file.split)
            numbers += 3 * size * size
            if numbers > MAX_NUMBERS:
                raise UserError("own_large", limit=MAX_NUMBERS // (3 * size * size), size=size)
        tell(done, len(archive))
    channels = max(len(image) for image in images)
    pixels = torch.stack([match_channels(image, channels) for image in images])
    truth = torch.tensor(labels)
    for index, name in enumerate(archive.classes):
        if int((truth == index).sum()) < LEAST:
            raise UserError("own_few", name=name, least=LEAST, got=int((truth == index).sum()))
    train, test = split_indices(truth, np.array([part == TEST for part in splits]) if any(splits) else None)
    for index, name in enumerate(archive.classes):  # a test image that is there again is no training image
        if not (truth[train] == index).any():
            raise UserError("own_class_no_training", name=name)
    return UploadedSet(
        archive.classes,
        ImageSet(pixels[train], truth[train]),
        ImageSet(pixels[test], truth[test]),
        len(archive) - len(images),
        archive.notes,
    )


def split_indices(labels: Tensor, held_out: NDArray[np.bool_] | None = None) -> tuple[Tensor, Tensor]:
    """Return the numbers of training and test images, mixed: those `held_out`, else a fifth of each class."""
    generator = np.random.default_rng(SPLIT_SEED)
    if held_out is None:
        held_out = np.zeros(len(labels), dtype=bool)
        for index in range(int(labels.max()) + 1):
            members = generator.permutation(np.flatnonzero(labels.numpy() == index))
            held_out[members[: round(len(members) / HELD_OUT)]] = True
    train, test = (generator.permutation(np.flatnonzero(kept)) for kept in (~held_out, held_out))
    return torch.from_numpy(train), torch.from_numpy(test)


def _check_pixels(archive: ImageArchive, budget: DecodeBudget) -> None:
    """Raise before anything is decoded if the images have too many pixels together."""
    total = 0
    for file in archive:
        with _named(file):
            total += count_pixels(file.data, budget)
        if total > MAX_TOTAL_PIXELS:
            raise UserError("archive_pixels", limit=MAX_TOTAL_PIXELS // 1_000_000)


def _read(file: ImageFile, size: int, budget: DecodeBudget) -> Tensor:
    """Return an image file as uint8 (C, size, size), grey or colour."""
    with _named(file):
        image = read_upload(file.data, budget).image
    return prepare(image, (len(image), size, size)).steps[-2].image


@contextmanager
def _named(file: ImageFile) -> Iterator[None]:
    """Name the file of the zip in what is refused inside."""
    try:
        yield
    except UserError as error:
        raise UserError(_SAID[error.key], path=file.path, formats=[*FORMATS], limit=MAX_PIXELS // 1_000_000) from error
