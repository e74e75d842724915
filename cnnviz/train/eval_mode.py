"""Training and evaluation mode of every submodule, put back as they were."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

TrainingModes = dict[str, bool]


def training_modes(model: nn.Module) -> TrainingModes:
    """Which submodules are in training mode, by dotted name."""
    return {name: module.training for name, module in model.named_modules()}


def restore_training_modes(model: nn.Module, modes: TrainingModes) -> None:
    """Puts every submodule back into the mode that `modes_of` saw."""
    for name, module in model.named_modules():
        module.training = modes[name]


@contextmanager
def evaluation_mode(model: nn.Module) -> Iterator[None]:
    """Inside: every submodule in evaluation mode; afterwards each in its own again."""
    modes = training_modes(model)
    if not any(modes.values()):
        yield
        return
    model.eval()
    try:
        yield
    finally:
        restore_training_modes(model, modes)
