"""Figures that others published of trainings on Fashion-MNIST, as they stand there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTraining:
    """One training of ten epochs of plain SGD, pixels in [0, 1], without augmentation: what it was and what it gave."""

    label: str
    source: str
    """Who published it: a key of `source` in the page's words."""
    architecture: str
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What differs from the network's default form."""
    size: int
    """Height and width of the input in pixels."""
    learning_rate: float
    batch_size: int
    epochs: int = 10
    train_accuracy: float
    """Shares in [0, 1], as is the test accuracy: both after the last epoch."""
    test_accuracy: float
    images_per_second: float | None = None
    """Loading and testing left out; None where it was not told."""
    beside: tuple[str, ...]
    """The networks of this project that may stand beside it, without their set, the likest first."""


def _vgg(label: str, size: int, train: float, test: float, speed: float, **options: Any) -> PublishedTraining:
    return PublishedTraining(
        label=label,
        source="student",
        architecture="vgg",
        options=MappingProxyType(options),
        size=size,
        learning_rate=0.05,
        batch_size=128,
        train_accuracy=train,
        test_accuracy=test,
        images_per_second=speed,
        beside=("vgg-small-224", "vgg") if size == 224 else ("vgg",),
    )


PUBLISHED = (
    PublishedTraining(
        label="LeNet",
        source="course",
        architecture="lenet",
        size=28,
        learning_rate=0.9,
        batch_size=256,
        train_accuracy=0.824,
        test_accuracy=0.808,
        beside=("lenet",),
    ),
    PublishedTraining(
        label="LeNet BN",
        source="course",
        architecture="lenet",
        size=28,
        learning_rate=1.0,
        batch_size=256,
        options=MappingProxyType({"batch_norm": "full", "padding": 0}),
        train_accuracy=0.901,
        test_accuracy=0.878,
        beside=("lenet-bn",),
    ),
    _vgg("VGG-11 224", 224, 0.935, 0.918, 783.2, width=0.25),
    _vgg("VGG-11 96", 96, 0.920, 0.911, 799.1),
    _vgg("VGG-16 224", 224, 0.933, 0.917, 400.5, config="D", width=0.25),
    _vgg("VGG-19 224", 224, 0.914, 0.908, 358.6, config="E", width=0.25),
)
"""The VGG runs are a student's: the text says small widths throughout, but the code printed for the one at 96 pixels
builds full widths, and so it stands here."""
