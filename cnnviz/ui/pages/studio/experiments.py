"""The ready-made experiments: a few short runs on the digits that differ in one thing, or in two.

They are the course's training questions, made small enough for a lesson: every run is within the limits of a shared
server.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

EPOCHS = 10
BATCH_SIZE = 32
RATE = 0.1
THREADS = 1
"""Of every run: with another number torch adds up in another order, and the machine's load would choose a winner."""


@dataclass(frozen=True, slots=True)
class Form:
    """One run of an experiment: a form of a network, and its settings."""

    options: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    architecture: str = "lenet"
    limit: int | None = None
    group: str = ""
    """Settings of one group differ in the learning rate alone; then the question is how large it may be."""

    def plan(self, seed: int = 0) -> dict[str, Any]:
        """Return what `Plan.read` takes, for the run from `seed`."""
        usual = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "learning_rate": RATE}
        settings = {**usual, **self.settings, "threads": THREADS, "seed": seed}
        return {
            "architecture": self.architecture,
            "options": self.options,
            "dataset": "digits",
            "limit": self.limit,
            "settings": settings,
        }


_RELU = {"activation": "relu"}
_COURSE = {"learning_rate": 0.9}
_NORMAL = {"batch_norm": "full"}
_GOOGLENET = {"form": "small", "width": 0.125, "batch_norm": True}
_ALEXNET = {"form": "small", "width": 0.5, "hidden": 512}
_ADAM = {"epochs": 20, "image_size": 28, "optimizer": "adam", "learning_rate": 0.001, "init": "he"}
_VGG = {"width": 0.125, "hidden": 128, "batch_norm": True}
_RESNET = {"width": 0.125}
_DEEP = {"depth": 34}
_PLAIN = {"shortcut": False}
_SMALL = {"image_size": 32, "epochs": 5}
_BRIEF = {"image_size": 24, "epochs": 5, "schedule": "cosine"}


def _googlenet(**settings: Any) -> Form:
    return Form(_GOOGLENET, {"image_size": 28, "epochs": 5, **settings}, "googlenet")


def _without(rate: float) -> Form:
    return Form(_RELU, {"learning_rate": rate}, group="without")


def _with(rate: float) -> Form:
    return Form(_RELU | _NORMAL, {"learning_rate": rate}, group="with")


EXPERIMENTS: MappingProxyType[str, dict[str, Form]] = MappingProxyType(
    {
        "activation": {"sigmoid": Form(settings=_COURSE), "tanh": Form({"activation": "tanh"}), "relu": Form(_RELU)},
        "pooling": {"avg": Form(_RELU), "max": Form(_RELU | {"pool": "max"})},
        "learning-rate": {
            "slow": Form(_RELU, {"learning_rate": 0.01}),
            "usual": Form(_RELU),
            "fast": Form(_RELU, {"learning_rate": 1.0}),
        },
        "batch-norm": {
            "without": _without(0.1),
            "without-fast": _without(1.0),
            "with": _with(0.1),
            "with-fast": _with(1.0),
            "without-fastest": _without(10.0),
            "with-fastest": _with(10.0),
        },
        "parts-of-norm": {
            "full": Form(_NORMAL, _COURSE),
            "mean": Form({"batch_norm": "mean"}, _COURSE),
            "variance": Form({"batch_norm": "variance"}, _COURSE),
            "fixed": Form({"batch_norm": "fixed"}, _COURSE),
        },
        "init": {"xavier": Form(_RELU), "he": Form(_RELU, {"init": "he"}), "default": Form(_RELU, {"init": "default"})},
        "batch-size": {"small": Form(_RELU, {"batch_size": 16}), "large": Form(_RELU, {"batch_size": 256})},
        "width": {"quarter": Form(_RELU | {"width": 0.25}), "half": Form(_RELU | {"width": 0.5}), "whole": Form(_RELU)},
        "depth": {
            "one": Form(_RELU | {"conv_layers": 1}),
            "two": Form(_RELU),
            "three": Form(_RELU | {"conv_layers": 3}),
        },
        "dense": {
            "one": Form(_RELU | {"dense_layers": 1}),
            "two": Form(_RELU | {"dense_layers": 2}),
            "three": Form(_RELU),
        },
        "kernel": {"three": Form(_RELU | {"kernel": 3}), "five": Form(_RELU), "seven": Form(_RELU | {"kernel": 7})},
        "dropout": {
            "without": Form(_RELU, {"epochs": 20}, limit=200),
            "with": Form(_RELU | {"dropout": 0.5}, {"epochs": 20}, limit=200),
            "norm": Form(_RELU | _NORMAL, {"epochs": 20}, limit=200),
        },
        "augment": {
            "without": Form(_RELU, {"epochs": 20}, limit=200),
            "with": Form(_RELU, {"epochs": 20, "augment": ["crop"]}, limit=200),
        },
        "overfit": {
            "few": Form(_ALEXNET, _ADAM | {"batch_size": 5}, "alexnet", 100),
            "many": Form(_ALEXNET, _ADAM, "alexnet"),
        },
        "label-smoothing": {"without": _googlenet(), "with": _googlenet(label_smoothing=0.1)},
        "image-size": {"small": Form(_VGG, _SMALL, "vgg"), "large": Form(_VGG, _SMALL | {"image_size": 64}, "vgg")},
        "shortcut": {
            "with": Form(_RESNET, _BRIEF, "resnet"),
            "without": Form(_RESNET | _PLAIN, _BRIEF, "resnet"),
            "deep-with": Form(_RESNET | _DEEP, _BRIEF, "resnet"),
            "deep-without": Form(_RESNET | _DEEP | _PLAIN, _BRIEF, "resnet"),
        },
        "order": {"post": Form(_RESNET, _SMALL, "resnet"), "pre": Form(_RESNET | {"order": "pre"}, _SMALL, "resnet")},
    }
)
"""By name, the settings by name; their words stand under `experiment.<name>`."""
