"""The ready-made experiments: two short runs on the digits that differ in one thing."""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

EPOCHS = 10
BATCH_SIZE = 32
RATE = 0.1


@dataclass(frozen=True, slots=True)
class Form:
    """One of the two forms of LeNet, and its settings."""

    options: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def plan(self) -> dict[str, Any]:
        """What `Plan.read` takes."""
        settings = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "learning_rate": RATE, **self.settings}
        return {"architecture": "lenet", "options": self.options, "dataset": "digits", "settings": settings}


_RELU = {"activation": "relu"}

EXPERIMENTS: MappingProxyType[str, dict[str, Form]] = MappingProxyType({
    "activation": {"first": Form(settings={"learning_rate": 0.9}), "second": Form(_RELU)},
    "pooling": {"first": Form(_RELU), "second": Form(_RELU | {"pool": "max"})},
    "batch-norm": {"first": Form(settings={"learning_rate": 0.9}),
                   "second": Form({"batch_norm": "full"}, {"learning_rate": 0.9})},
    "learning-rate": {"first": Form(_RELU, {"learning_rate": 0.01}), "second": Form(_RELU)},
    "batch-size": {"first": Form(_RELU, {"batch_size": 16}), "second": Form(_RELU, {"batch_size": 256})},
    "dropout": {"first": Form(_RELU), "second": Form(_RELU | {"dropout": 0.5})},
})
"""By name, the two forms; their words stand under `experiment.<name>`."""
