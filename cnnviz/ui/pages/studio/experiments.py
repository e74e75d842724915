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
class ExperimentForm:
    """One run of an experiment: a form of a network, and its settings."""

    options: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    architecture: str = "lenet"
    limit: int | None = None
    group: str = ""
    """Settings of one group differ in the learning rate alone; then the question is how large it may be."""

    def plan(self, seed: int = 0) -> dict[str, Any]:
        """Return what `RunPlan.parse` takes, for the run from `seed`."""
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


def _googlenet(**settings: Any) -> ExperimentForm:
    return ExperimentForm(_GOOGLENET, {"image_size": 28, "epochs": 5, **settings}, "googlenet")


def _without(rate: float) -> ExperimentForm:
    return ExperimentForm(_RELU, {"learning_rate": rate}, group="without")


def _with(rate: float) -> ExperimentForm:
    return ExperimentForm(_RELU | _NORMAL, {"learning_rate": rate}, group="with")


EXPERIMENTS: MappingProxyType[str, dict[str, ExperimentForm]] = MappingProxyType(
    {
        "activation": {
            "sigmoid": ExperimentForm(settings=_COURSE),
            "tanh": ExperimentForm({"activation": "tanh"}),
            "relu": ExperimentForm(_RELU),
        },
        "pooling": {"avg": ExperimentForm(_RELU), "max": ExperimentForm(_RELU | {"pool": "max"})},
        "learning-rate": {
            "slow": ExperimentForm(_RELU, {"learning_rate": 0.01}),
            "usual": ExperimentForm(_RELU),
            "fast": ExperimentForm(_RELU, {"learning_rate": 1.0}),
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
            "full": ExperimentForm(_NORMAL, _COURSE),
            "mean": ExperimentForm({"batch_norm": "mean"}, _COURSE),
            "variance": ExperimentForm({"batch_norm": "variance"}, _COURSE),
            "fixed": ExperimentForm({"batch_norm": "fixed"}, _COURSE),
        },
        "init": {
            "xavier": ExperimentForm(_RELU),
            "he": ExperimentForm(_RELU, {"init": "he"}),
            "default": ExperimentForm(_RELU, {"init": "default"}),
        },
        "batch-size": {
            "small": ExperimentForm(_RELU, {"batch_size": 16}),
            "large": ExperimentForm(_RELU, {"batch_size": 256}),
        },
        "width": {
            "quarter": ExperimentForm(_RELU | {"width": 0.25}),
            "half": ExperimentForm(_RELU | {"width": 0.5}),
            "whole": ExperimentForm(_RELU),
        },
        "depth": {
            "one": ExperimentForm(_RELU | {"conv_layers": 1}),
            "two": ExperimentForm(_RELU),
            "three": ExperimentForm(_RELU | {"conv_layers": 3}),
        },
        "dense": {
            "one": ExperimentForm(_RELU | {"dense_layers": 1}),
            "two": ExperimentForm(_RELU | {"dense_layers": 2}),
            "three": ExperimentForm(_RELU),
        },
        "kernel": {
            "three": ExperimentForm(_RELU | {"kernel": 3}),
            "five": ExperimentForm(_RELU),
            "seven": ExperimentForm(_RELU | {"kernel": 7}),
        },
        "dropout": {
            "without": ExperimentForm(_RELU, {"epochs": 20}, limit=200),
            "with": ExperimentForm(_RELU | {"dropout": 0.5}, {"epochs": 20}, limit=200),
            "norm": ExperimentForm(_RELU | _NORMAL, {"epochs": 20}, limit=200),
        },
        "augment": {
            "without": ExperimentForm(_RELU, {"epochs": 20}, limit=200),
            "with": ExperimentForm(_RELU, {"epochs": 20, "augment": ["crop"]}, limit=200),
        },
        "overfit": {
            "few": ExperimentForm(_ALEXNET, _ADAM | {"batch_size": 5}, "alexnet", 100),
            "many": ExperimentForm(_ALEXNET, _ADAM, "alexnet"),
        },
        "label-smoothing": {"without": _googlenet(), "with": _googlenet(label_smoothing=0.1)},
        "image-size": {
            "small": ExperimentForm(_VGG, _SMALL, "vgg"),
            "large": ExperimentForm(_VGG, _SMALL | {"image_size": 64}, "vgg"),
        },
        "shortcut": {
            "with": ExperimentForm(_RESNET, _BRIEF, "resnet"),
            "without": ExperimentForm(_RESNET | _PLAIN, _BRIEF, "resnet"),
            "deep-with": ExperimentForm(_RESNET | _DEEP, _BRIEF, "resnet"),
            "deep-without": ExperimentForm(_RESNET | _DEEP | _PLAIN, _BRIEF, "resnet"),
        },
        "order": {
            "post": ExperimentForm(_RESNET, _SMALL, "resnet"),
            "pre": ExperimentForm(_RESNET | {"order": "pre"}, _SMALL, "resnet"),
        },
    }
)
"""By name, the settings by name; their words stand under `experiment.<name>`."""
