"""The arguments that a layer was built with, read back from the layer."""

import inspect
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnnviz.errors import UserError

_SKIPPED = {"self", "device", "dtype", "inplace"}
_POSITIONAL = (
    "in_channels",
    "out_channels",
    "in_features",
    "out_features",
    "num_features",
    "output_size",
    "p",
    "size",
)


@dataclass(frozen=True, slots=True)
class ConstructorArgument:
    """One argument of a constructor, and its default."""

    name: str
    default: Any

    @property
    def positional(self) -> bool:
        """Return True where everyone knows its place: `nn.Conv2d(1, 6, …)`, `nn.Dropout(0.5)`."""
        return self.name in _POSITIONAL


def constructor_arguments(module: nn.Module) -> dict[ConstructorArgument, Any]:
    """Return the arguments that build a layer like `module`, in its class's order, pairs of equal numbers as one.

    Raises:
        UserError: `no_source` where the layer does not remember an argument.
    """
    found: dict[ConstructorArgument, Any] = {}
    for name, parameter in inspect.signature(type(module).__init__).parameters.items():
        if name in _SKIPPED or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if name == "bias" and not getattr(module, "affine", True):
            continue
        default = None if parameter.default is parameter.empty else parameter.default
        found[ConstructorArgument(name, default)] = _value(module, name)
    return found


def _value(module: nn.Module, name: str) -> Any:
    if name == "bias":
        return module.bias is not None
    if not hasattr(module, name):
        raise UserError("no_source", what=type(module).__name__)
    value = getattr(module, name)
    same = isinstance(value, tuple) and len(value) > 0 and all(one == value[0] for one in value)
    return value[0] if same else value
