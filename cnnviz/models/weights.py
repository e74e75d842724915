"""Names of weights, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnviz.data.standardise import Scaling
from cnnviz.models.spec import ModelSpec
from cnnviz.zoo.weight_names import NamePairing


@dataclass(frozen=True, slots=True)
class WeightsRef:
    """The source of weights and their name there; hashable, so that it can be the key of a cache."""

    source: str = "untrained"
    """A key of `WEIGHT_SOURCES`."""
    name: str = ""
    """Of a checkpoint, the id of a run, or the SHA-256 of a user's file, in a link its first 16 digits."""
    step: int | None = None
    """Of a run: one of its saved steps; None for the latest."""
    seed: int = 0
    """Of untrained weights."""
    changed: int = 0
    """Of a run: when its weights were written, in nanoseconds since 1970; in no link."""
    title: str = field(default="", compare=False)
    """Of a user's file: its name on the user's disk."""
    path: Path | None = None
    """Of weights outside the project's own folders: the card, the folder of the run or the file; in no link."""


@dataclass(frozen=True, slots=True)
class TrainingInfo:
    """The data and the settings that weights were trained with."""

    settings: Mapping[str, Any]
    """Every setting, as `TrainConfig` names them."""
    limit: int | None = None
    """The first so many images of each split; None for all."""
    data_dir: str | None = None
    """The folder that the images were read from; None for the usual one."""
    folder: Path | None = None
    """Of a run."""


@dataclass(frozen=True, slots=True)
class WeightsInfo:
    """The facts that are known of weights without loading them."""

    spec: ModelSpec | None = None
    """The network that they were made for; None for untrained weights and for those of a user's file."""
    dataset: str = ""
    """The name of the image set that they were trained on; "" where it is unknown or none of the project's."""
    accuracy: float | None = None
    """Fraction in [0, 1] of that set's test images that are classified right."""
    scaling: Scaling | None = None
    """Mean and standard deviation per channel that the input is standardised with, of pixels in [0, 1]."""
    resize: int = 0
    """Pixels that an image's shorter side is resized to before its centre is cut out; 0 for no such step."""
    classes: tuple[str, ...] = ()
    """English names of the classes, where `dataset` does not tell them."""
    training: TrainingInfo | None = None
    """None where it is unknown."""
    pairing: NamePairing | None = None
    """What was done to the names of the tensors in a user's file."""
