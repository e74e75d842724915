"""Training or evaluation mode of every submodule, saved and restored."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

TrainingModes = dict[str, bool]


def training_modes(model: nn.Module) -> TrainingModes:
    """Return by dotted name whether each submodule is in training mode."""
    return {name: module.training for name, module in model.named_modules()}


def restore_training_modes(model: nn.Module, modes: TrainingModes) -> None:
    """Restore the mode of every submodule."""
    for name, module in model.named_modules():
        module.training = modes[name]


@contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """A context with every submodule in evaluation mode; afterwards each is in its own again."""
    modes = training_modes(model)
    if not any(modes.values()):
        yield
        return
    model.eval()
    try:
        yield
    finally:
        restore_training_modes(model, modes)
