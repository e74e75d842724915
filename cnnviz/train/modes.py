"""Training and evaluation mode of every submodule, put back as they were."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

Modes = dict[str, bool]


def modes_of(model: nn.Module) -> Modes:
    """Which submodules are in training mode, by dotted name."""
    return {name: module.training for name, module in model.named_modules()}


def set_modes(model: nn.Module, modes: Modes) -> None:
    """Puts every submodule back into the mode that `modes_of` saw."""
    for name, module in model.named_modules():
        module.training = modes[name]


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Inside: every submodule in evaluation mode; afterwards each in its own again."""
    modes = modes_of(model)
    if not any(modes.values()):
        yield
        return
    model.eval()
    try:
        yield
    finally:
        set_modes(model, modes)
