"""The card of one trained network that comes with the project; loads no torch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from cnnviz.errors import UserError

CARD, WEIGHTS = ".json", ".safetensors"
"""The endings of a checkpoint's two files; the name before them is the checkpoint's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The facts of a trained network: how it was made, how well it does, and what its weights must be."""

    name: str
    architecture: str
    options: Mapping[str, Any]
    """Every option of the network."""
    input_shape: tuple[int, int, int]
    """(C, H, W) as the network reads it: pixels in [0, 1], resized by bilinear interpolation."""
    num_classes: int
    num_params: int
    macs: int
    """Multiply-adds of convolution and linear layers, for one image."""
    dataset: str
    """The set, or the variant of one, that it was trained and tested on."""
    settings: Mapping[str, Any]
    """Every setting of the training, as `TrainConfig` reads them."""
    epochs: int
    seed: int
    limit: int | None
    """The first so many training images; None for all."""
    command: str
    """Makes it again."""
    test_accuracy: float
    """Share of the whole test split that is right, in [0, 1], measured from the file as it is."""
    test_loss: float
    confusion: tuple[tuple[int, ...], ...]
    """[label][prediction] counts; of a multi-label set a row per class: true negatives, false positives, false
    negatives, true positives."""
    seconds: float
    """Of training, testing included."""
    images_per_second: float
    """In training, wall clock, loading included and testing not."""
    machine: str
    """The processor, and how many threads the training had."""
    versions: Mapping[str, str]
    """Of Python and the libraries that decide the result."""
    precision: str
    """Of the matrices on disk: "float16" or "float32"; vectors are float32."""
    bytes: int
    """Size of the file of weights."""
    sha256: str
    """Hash of the file of weights."""
    folder: Path = Path()
    """Where the two files lie."""

    @property
    def weights_path(self) -> Path:
        """The file of weights."""
        return self.folder / f"{self.name}{WEIGHTS}"

    def as_json(self) -> dict[str, Any]:
        """Return plain values that `read` takes back."""
        facts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "folder"}
        return facts | {"options": dict(self.options), "settings": dict(self.settings), "versions": dict(self.versions)}

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the card in a file.

        Raises:
            UserError: `checkpoint_card` where it is none.
        """
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            channels, height, width = facts["input_shape"]
            facts |= {
                "input_shape": (channels, height, width),
                "options": {
                    name: tuple(value) if isinstance(value, list) else value for name, value in facts["options"].items()
                },
                "confusion": tuple(map(tuple, facts["confusion"])),
            }
            card = cls(**facts, folder=path.parent)
            words = card.name, card.architecture, card.dataset, card.sha256
            numbers = *card.input_shape, card.num_classes, card.settings["image_size"]
            if not all(isinstance(word, str) for word in words) or any(type(number) is not int for number in numbers):
                raise ValueError(words, numbers)
            return card
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise UserError("checkpoint_card", path=path) from error
