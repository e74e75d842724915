"""The record of an operation that a definition may name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from cnnviz.definitions.record import Shape
from cnnviz.definitions.setting_kinds import SettingRule

Settings = Mapping[str, Any]
ShapeRule = Callable[[Settings, Sequence[Shape]], Shape]
"""From every setting and the shapes read to the shape given.

Raises:
    ShapeClash: where they do not fit.
"""
Count = Callable[[Settings], int]
MacRule = Callable[[Settings, Sequence[Shape], Shape], int]
Function = Callable[..., Tensor]
"""Called with the settings, then with the tensors read."""


@dataclass(frozen=True, slots=True)
class DefinedOperation:
    """One entry of the table of operations: a layer, which has a class, or a function, which runs."""

    name: str
    settings: tuple[SettingRule, ...]
    """In the order in which torch takes them."""
    shape: ShapeRule
    layer: Callable[..., nn.Module] | None = None
    function: Function | None = None
    few_inputs: int = 1
    most_inputs: int = 1
    reads: str = ""
    """The setting that tells the channels or features of its input, open in a lazy layer."""
    gives: str = ""
    """The setting that tells those of its output."""
    count: Count | None = None
    """Returns the number of parameters; None for an operation without any."""
    macs: MacRule | None = None

    @property
    def is_layer(self) -> bool:
        """True where it is a module with a place of its own in the network."""
        return self.layer is not None

    @property
    def setting_names(self) -> tuple[str, ...]:
        """The names of its settings in order."""
        return tuple(rule.name for rule in self.settings)

    def rule(self, name: str) -> SettingRule | None:
        """Return the rule of a setting; None for a name that it does not have."""
        return next((rule for rule in self.settings if rule.name == name), None)

    def full(self, given: Settings) -> dict[str, Any]:
        """Return every setting, defaults included."""
        return {rule.name: given.get(rule.name, None if rule.required else rule.default) for rule in self.settings}
