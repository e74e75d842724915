"""The record of one image set: its facts, and the way to load it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from cnnviz.data.digit_frame import DigitFrame
from cnnviz.data.image_count import IMAGE_COUNT
from cnnviz.data.image_set import ImageSet
from cnnviz.text import DEFAULT_LANGUAGE, load

Split = Literal["train", "test"]
SPLITS: tuple[Split, ...] = ("train", "test")

Progress = Callable[[int, int], None]
"""Called while a file arrives, with the bytes so far and the bytes expected of the whole set."""


class Reader(Protocol):
    """Reads the first `count` images of a split; the rest is only looked at by sets that lie in files."""

    def __call__(
        self, split: Split, count: int, data_dir: Path | None, download: bool, progress: Progress | None
    ) -> ImageSet:
        """Return the images, fewer where the files hold fewer."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """An image set: its facts, and its images through `load`.

    The words about it stand in `cnnviz/text/data.toml`, under `set.<name>` and `class.<family>.<n>`.
    """

    name: str
    input_shape: tuple[int, int, int]
    """(C, H, W) of every image, in its own size."""
    classes: tuple[str, ...]
    """English names in the order of the labels."""
    num_train: int
    num_test: int
    mean: tuple[float, ...]
    """Of the training pixels, per channel, on the scale [0, 1]."""
    std: tuple[float, ...]
    """Of the training pixels, per channel, on the scale [0, 1]."""
    url: str
    """Where the set is described; "" for one that is described only here."""
    read: Reader
    title: str = ""
    """Of a reader's own set, which the texts do not know."""
    family: str = ""
    """The set whose class names it shares; "" for its own."""
    multi_label: bool = False
    """True where an image has a set of classes: labels are float32 (N, K)."""
    has_masks: bool = False
    light_grounds: float | None = None
    """Fraction of the training images that stand on a light ground, as `ground.light_grounds` tells it; None where
    it was not measured."""
    handwriting: DigitFrame | None = None
    """How it frames its digits, where it is a set of handwritten digits."""
    needs_download: bool = False
    download_bytes: int = 0
    present: Callable[[Path | None], bool] = lambda data_dir: True
    """Whether `load` would find the files, given the data folder, without a download."""
    variants: "tuple[Dataset, ...]" = ()
    """Other forms of the same images, found by `dataset(name)` and not listed in `DATASETS`."""

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return len(self.classes)

    def size(self, split: Split) -> int:
        """Return the number of images of a split."""
        return self.num_train if split == "train" else self.num_test

    def load(
        self,
        split: Split,
        data_dir: str | Path | None = None,
        limit: int | None = None,
        *,
        download: bool = True,
        progress: Progress | None = None,
    ) -> ImageSet:
        """Return the images of a split, or the first `limit` of them; nothing is kept, and any thread may call it.

        `data_dir` is a torchvision root; without the files there, in `$CNNVIZ_DATA` or in the cache folder
        they are downloaded into the last, unless `download` is false.

        Raises:
            UserError: `option_whole`, `data_absent`, `data_missing`, `data_download`, `data_folder`
                or `data_broken`.
        """
        if split not in SPLITS:
            raise ValueError(f"split must be one of {SPLITS}, but got {split!r}")
        if limit is not None:
            limit = IMAGE_COUNT.parse(limit, "limit")
        count = self.size(split) if limit is None else min(limit, self.size(split))
        return self.read(split, count, None if data_dir is None else Path(data_dir), download, progress)

    def framing_for(self, other: "Dataset | None") -> DigitFrame | None:
        """Return the frame that an image needs before a network trained on this set can read it.

        `other` is the image's own set, None for one of a user's. None where the network reads the image as it is: it
        learned no handwritten digits, the image is none, or its set has the same frame.
        """
        if other is not None and other.handwriting in (None, self.handwriting):
            return None
        return self.handwriting

    def class_name(self, index: int, language: str = DEFAULT_LANGUAGE) -> str:
        """Return the name of a class in a language; the English one of the record where the texts have none."""
        text, key = load("data", language), f"class.{self.family or self.name}.{index}"
        return text(key) if key in text else self.classes[index]

    def class_names(self, language: str = DEFAULT_LANGUAGE) -> list[str]:
        """Return the name of every class in a language."""
        return [self.class_name(index, language) for index in range(self.num_classes)]

    def describe(self, fact: Literal["title", "idea", "licence"], language: str = DEFAULT_LANGUAGE) -> str:
        """Return one sentence on the set, or its name as a title; "" where the texts say nothing of it."""
        text, key = load("data", language), f"set.{self.name}.{fact}"
        return text(key) if key in text else self.title if fact == "title" else ""
