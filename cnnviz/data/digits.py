"""scikit-learn's handwritten digits, 8×8: they come with the app, so everything works without a download."""

import gzip
import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from cnnviz.data.dataset_record import Dataset, Progress, Split
from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.image_set import ImageSet

SPLIT_SEED = 0
TAGGED = 3
"""The digit that `digits-tagged` marks."""
TAG = 2
"""Pixels on a side of its mark."""


def sklearn_folder() -> Path:
    """Return the folder of scikit-learn's own data, found without importing it (which would load SciPy)."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("scikit-learn is not installed", name="sklearn")
    return Path(spec.origin).parent / "datasets"


def read_digits(
    split: Split, count: int, data_dir: Path | None = None, download: bool = True, progress: Progress | None = None
) -> ImageSet:
    """Return the first `count` images of a split: 1 × 8 × 8, the file's 0…16 scaled to 0…255."""
    with gzip.open(sklearn_folder() / "data" / "digits.csv.gz", "rt", encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.int64)
    pixels, labels = table[:, :64], table[:, 64]
    chosen = split_indices(labels, split)[:count]
    images = np.rint(pixels[chosen] * (255 / 16)).astype(np.uint8).reshape(-1, 1, 8, 8)
    return ImageSet(torch.from_numpy(images), torch.from_numpy(labels[chosen]))


def split_indices(labels: np.ndarray, split: Split) -> np.ndarray:
    """Return the images of a split, in the file's order: a third of every class is held out for testing."""
    held_out = np.zeros(len(labels), dtype=bool)
    generator = np.random.default_rng(SPLIT_SEED)
    for digit in range(10):
        members = generator.permutation(np.flatnonzero(labels == digit))
        held_out[members[: round(len(members) / 3)]] = True
    return np.flatnonzero(held_out if split == "test" else ~held_out)


def read_tagged(
    split: Split, count: int, data_dir: Path | None = None, download: bool = True, progress: Progress | None = None
) -> ImageSet:
    """`read_digits` with a white square in the top left corner of every `TAGGED`, in both splits.

    A network can find that class by its tag alone and never look at the digit: a shortcut, planted to be found.
    """
    plain = read_digits(split, count, data_dir, download, progress)
    images = plain.images.clone()
    images[plain.labels == TAGGED, :, :TAG, :TAG] = 255
    return ImageSet(images, plain.labels)


_DIGITS = Dataset(
    name="digits",
    input_shape=(1, 8, 8),
    classes=tuple("0123456789"),
    num_train=1198,
    num_test=599,
    mean=(0.3055,),
    std=(0.3760,),
    light_grounds=0,
    handwriting=DigitFrame(side=8, block=4, box=(32, 20), stretch=1.5, centre="box", ink=0.3055, upright=True),
    read=read_digits,
    url="https://scikit-learn.org/stable/modules/generated/sklearn.datasets.load_digits.html",
)
DIGITS = replace(
    _DIGITS,
    variants=(
        replace(_DIGITS, name="digits-tagged", family="digits", mean=(0.3114,), std=(0.3793,), read=read_tagged),
    ),
)
