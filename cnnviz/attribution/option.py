"""The knobs of a method: what each may be set to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cnnviz.errors import UserError
from cnnviz.text import DEFAULT_LANGUAGE, load

Value = str | int | float
Options = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Option:
    """One knob: a list of choices, or a range of numbers; its words stand at `option.<name>` in `attribution.toml`."""

    name: str
    default: Value
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 0
    automatic: bool = False
    """The default means: chosen by the method, and told in `Attribution.options`."""

    def say(self, fact: Literal["label", "help"], language: str = DEFAULT_LANGUAGE) -> str:
        """What the knob is called, or what it does."""
        return load("attribution", language)(f"option.{self.name}.{fact}")

    def say_choice(self, choice: str, language: str = DEFAULT_LANGUAGE) -> str:
        """What one of the choices is called."""
        return load("attribution", language)(f"choice.{choice}")

    def read(self, value: Any, method: str) -> Value:
        """`value`, or its written form, as a legal value of this option.

        Raises:
            UserError: `attribution_choice` or `attribution_range`.
        """
        if self.choices:
            if value not in self.choices:
                raise UserError(
                    "attribution_choice", method=method, option=self.name, value=value, choices=[*self.choices]
                )
            return str(value)
        whole = isinstance(self.default, int)
        try:
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        legal = self.low <= number <= self.high or (self.automatic and number == self.default)
        if not legal or (whole and number != int(number)):
            raise UserError(
                "attribution_range",
                method=method,
                option=self.name,
                value=value,
                low=f"{self.low:g}",
                high=f"{self.high:g}",
            )
        return int(number) if whole else number
