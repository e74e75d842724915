"""Kinds of values: each parses a value or its text, checks it, and formats it as text again."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from cnnviz.errors import UserError

T = TypeVar("T")


class OptionError(UserError, ValueError):
    """A value that an option cannot take."""


class Kind(ABC, Generic[T]):
    """A set of values with a text form, as it stands in a link, on the command line and in a setting."""

    __slots__ = ()

    @abstractmethod
    def parse(self, value: Any, option: str = "value") -> T:
        """Return `value`, or the value that the text `value` stands for; `option` is its name in the sentence.

        Raises:
            OptionError: a value outside the set.
        """

    def format(self, value: T) -> str:
        """Return the text of `value`, from which `parse` gives it back."""
        return format_value(value)


class Typed(Kind[T]):
    """A kind that a page draws as a line of text, so that what is wrong with it can be said beside the line."""

    __slots__ = ()
    longest: ClassVar[int] = 40
    """Characters that a line may have."""


@dataclass(frozen=True, slots=True)
class Choice(Kind[T]):
    """One of a few values, found by their text without regard to case, or by an equal number."""

    choices: tuple[T, ...]

    def parse(self, value: Any, option: str = "value") -> T:
        """Return the equal choice.

        Raises:
            OptionError: `option_choice`.
        """
        text = format_value(value).lower()
        for choice in () if isinstance(value, list | tuple) else self.choices:
            if text == format_value(choice).lower() or _same_number(value, choice):
                return choice
        raise OptionError(
            "option_choice", option=option, got=format_value(value), choices=[*map(format_value, self.choices)]
        )


@dataclass(frozen=True, slots=True)
class Several(Kind[tuple[str, ...]]):
    """Any of a few names, in the order of the choices; as text with commas between them, or `none`."""

    choices: tuple[str, ...]

    def parse(self, value: Any, option: str = "value") -> tuple[str, ...]:
        """Return the chosen names.

        Raises:
            OptionError: `option_choices`.
        """
        parts = value.split(",") if isinstance(value, str) else value
        names = [str(part).strip() for part in (parts if isinstance(parts, list | tuple) else [value])]
        chosen = [name for name in names if name not in ("", "none")]
        if any(name not in self.choices for name in chosen):
            raise OptionError("option_choices", option=option, got=",".join(names), choices=[*self.choices])
        return tuple(name for name in self.choices if name in chosen)


@dataclass(frozen=True, slots=True)
class Whole(Kind[int]):
    """A whole number from `low` to `high`."""

    low: int
    high: int
    automatic: int | None = None
    """A number, also outside the range, that leaves the choice to the program."""

    def parse(self, value: Any, option: str = "value") -> int:
        """Return the number.

        Raises:
            OptionError: `option_whole`.
        """
        number = _number(value)
        legal = number is not None and (self.low <= number <= self.high or number == self.automatic)
        if number is None or not legal or number != int(number):
            raise OptionError(
                "option_whole", option=option, low=_limit(self.low), high=_limit(self.high), got=format_value(value)
            )
        return int(number)


@dataclass(frozen=True, slots=True)
class Real(Kind[float]):
    """A number from `low` to `high`."""

    low: float
    high: float
    step: float = 0.05
    """What one press of a control's plus adds."""
    digits: int | None = 6
    """Significant digits of its text; None for as many as it takes to give the same number back."""

    def parse(self, value: Any, option: str = "value") -> float:
        """Return the number.

        Raises:
            OptionError: `option_number`.
        """
        number = _number(value)
        if number is None or not self.low <= number <= self.high:
            raise OptionError(
                "option_number", option=option, low=_limit(self.low), high=_limit(self.high), got=format_value(value)
            )
        return float(number)

    def format(self, value: float) -> str:
        """Return the number as text: "0.5"."""
        return str(value) if self.digits is None else f"{value:.{self.digits}g}"


@dataclass(frozen=True, slots=True)
class Flag(Kind[bool]):
    """Yes or no; `texts` are what it writes for False and for True."""

    texts: tuple[str, str] = ("0", "1")

    def parse(self, value: Any, option: str = "value") -> bool:
        """Return True for True, "true" and "1".

        Raises:
            OptionError: `option_choice`.
        """
        text = str(value).lower()
        if text not in ("true", "1", "false", "0"):
            raise OptionError("option_choice", option=option, got=format_value(value), choices=["true", "false"])
        return text in ("true", "1")

    def format(self, value: bool) -> str:
        """Return "0" or "1", or the texts of this kind."""
        return self.texts[value]


@dataclass(frozen=True, slots=True)
class WholeList(Typed[tuple[int, ...]]):
    """As many whole numbers from `low` to `high` as `counts` says, at least and at most: "4,4,4,4"."""

    low: int
    high: int
    counts: tuple[int, int]

    def parse(self, value: Any, option: str = "value") -> tuple[int, ...]:
        """Return the numbers.

        Raises:
            OptionError: `option_list`.
        """
        parts = value.split(",") if isinstance(value, str) else value
        return _wholes(parts if isinstance(parts, list | tuple) else (), self, self.counts, value, option)


@dataclass(frozen=True, slots=True)
class Pair(Typed[tuple[int, int] | str | None]):
    """Height and width, "3,5", or one number for both, "3"; or one of `words`, such as "same"; "" is None."""

    low: int
    high: int
    words: tuple[str, ...] = ()

    def parse(self, value: Any, option: str = "value") -> tuple[int, int] | str | None:
        """Return (height, width), or the word.

        Raises:
            OptionError: `option_list`.
        """
        text = value.strip() if isinstance(value, str) else format_value(value)
        if text in self.words:
            return text or None
        parts = text.replace("，", ",").replace("×", ",").replace(" ", ",").split(",")
        numbers = _wholes([part for part in parts if part], self, (1, 2), text[:20], option)
        return numbers[0], numbers[-1]

    def format(self, value: tuple[int, int] | str | None) -> str:
        """Return "3,5", or "3" for twice the same number."""
        if isinstance(value, tuple):
            return format_value(value[:1] if value[0] == value[1] else value)
        return value or ""


@dataclass(frozen=True, slots=True)
class Changes(Typed[tuple[tuple[int, float], ...]]):
    """Numbers from `low` to `high`, each from a step on, in ascending order of the steps: "120:0.1,240:0.01"."""

    low: float
    high: float

    def parse(self, value: Any, option: str = "value") -> tuple[tuple[int, float], ...]:
        """Return (step, number) pairs.

        Raises:
            OptionError: `option_changes`.
        """
        try:
            pairs = [part.split(":") for part in value.split(",") if value] if isinstance(value, str) else value
            changes = tuple((int(step), float(number)) for step, number in pairs)
        except (TypeError, ValueError):
            changes = ((-1, 0.0),)
        steps = [step for step, _ in changes]
        legal = all(step >= 0 and self.low <= number <= self.high for step, number in changes)
        if not legal or steps != sorted(set(steps)):
            raise OptionError(
                "option_changes", option=option, low=_limit(self.low), high=_limit(self.high), got=format_value(value)
            )
        return changes

    def format(self, value: tuple[tuple[int, float], ...]) -> str:
        """Return the pairs as text."""
        return ",".join(f"{step}:{number!r}" for step, number in value)


def format_value(value: Any) -> str:
    """Return a value as a person types it.

    >>> [format_value(value) for value in (True, 0.50, (4, 4), "max")]
    ['true', '0.5', '4,4', 'max']
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or (isinstance(value, str) and not value.isascii()):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _same_number(value: Any, choice: Any) -> bool:
    if isinstance(choice, bool) or not isinstance(choice, int | float):
        return False
    return _number(value) == choice


def _wholes(
    parts: Sequence[Any], kind: WholeList | Pair, counts: tuple[int, int], got: Any, option: str
) -> tuple[int, ...]:
    numbers = [_number(part) for part in parts]
    legal = all(number is not None and number == int(number) and kind.low <= number <= kind.high for number in numbers)
    if not legal or not counts[0] <= len(numbers) <= counts[1]:
        raise OptionError(
            "option_list",
            option=option,
            low_count=counts[0],
            high_count=counts[1],
            low=_limit(kind.low),
            high=_limit(kind.high),
            got=format_value(got),
        )
    return tuple(int(number) for number in numbers if number is not None)


def _limit(number: float) -> str:
    return f"{number:.12g}"
