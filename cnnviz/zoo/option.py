"""The knobs of an architecture: which values each takes, and which make no sense together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnviz.errors import UserError

Value = str | int | float | bool | tuple[int, ...]
Options = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Option:
    """One knob: its name, its default, and either a list of choices or a range of numbers."""

    name: str
    default: Value
    choices: tuple[Value, ...] = ()
    low: float = 0
    high: float = 0
    counts: tuple[int, int] = (1, 1)
    """For a list of whole numbers: how many it may hold, at least and at most."""

    def read(self, value: Any, architecture: str) -> Value:
        """`value`, or its written form (`"0.5"`, `"4,4,4,4"`, `"true"`), as a legal value of this option.

        Raises:
            UserError: `option_choice`, `option_range` or `option_list`.
        """
        if self.choices:
            for choice in self.choices:
                if written(value).lower() == written(choice).lower() or _same_number(value, choice):
                    return choice
            choices = [written(choice) for choice in self.choices]
            raise UserError(
                "option_choice", architecture=architecture, option=self.name, value=written(value), choices=choices
            )
        if isinstance(self.default, tuple):
            return self._read_list(value, architecture)
        number = _number(value)
        whole = isinstance(self.default, int)
        if number is None or not self.low <= number <= self.high or (whole and number != int(number)):
            raise UserError(
                "option_range",
                architecture=architecture,
                option=self.name,
                value=written(value),
                low=f"{self.low:g}",
                high=f"{self.high:g}",
            )
        return int(number) if whole else number

    def _read_list(self, value: Any, architecture: str) -> tuple[int, ...]:
        parts = value.split(",") if isinstance(value, str) else value
        numbers = [_number(part) for part in parts] if isinstance(parts, list | tuple) else []
        low_count, high_count = self.counts
        legal = all(n is not None and n == int(n) and self.low <= n <= self.high for n in numbers)
        if not legal or not low_count <= len(numbers) <= high_count:
            raise UserError(
                "option_list",
                architecture=architecture,
                option=self.name,
                value=written(value),
                low=f"{self.low:g}",
                high=f"{self.high:g}",
                low_count=low_count,
                high_count=high_count,
            )
        return tuple(int(n) for n in numbers if n is not None)


@dataclass(frozen=True, slots=True)
class Rule:
    """`option` (one of `values`, or any but its default) is legal only where `other` is one of `needed`."""

    option: str
    other: str
    needed: tuple[Value, ...]
    values: tuple[Value, ...] = field(default=())


HIDDEN = Option("hidden", 4096, low=1, high=8192)
"""The units of each hidden dense layer of AlexNet and VGG."""

WIDTH = Option("width", 1.0, (1.0, 0.75, 0.5, 0.25, 0.125))
"""Multiplies the channels of a network's convolutions, class scores apart: every network has it."""


def written(value: Any) -> str:
    """A value as a person types it: `true`, `0.5`, `4,4,4,4`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1e9 else None


def _same_number(value: Any, choice: Value) -> bool:
    if isinstance(choice, bool) or not isinstance(choice, int | float) or isinstance(value, bool):
        return False
    number = _number(value)
    return number is not None and number == choice
