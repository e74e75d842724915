"""What a reader can set on a tab: each kind knows the text of the URL and the value it stands for."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ui.pages.operations.number_text import parse_numbers

LONGEST = 6000


@dataclass(frozen=True, slots=True)
class Numbers:
    """A tensor, typed: 1 axis is a vector, 2 a matrix, 3 channels, 4 filters."""

    depth: int

    def read(self, text: str) -> str:
        """The text of a link; anything short enough, for what is wrong with it is said on the page."""
        if len(text) > LONGEST:
            raise ValueError(text[:20])
        return text

    def value(self, held: str) -> Tensor:
        """The tensor that is meant."""
        return parse_numbers(held, self.depth)


@dataclass(frozen=True, slots=True)
class Pair:
    """One number for both axes or `height,width`; or one of `words`, such as `same`."""

    low: int
    high: int
    words: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        """The text of a link."""
        if len(text) > 40:
            raise ValueError(text[:20])
        return text

    def value(self, held: str) -> tuple[int, int] | str | None:
        """(height, width), or a word; None for the empty word.

        Raises:
            UserError: `operations_pair`.
        """
        text = held.strip()
        if text in self.words:
            return text or None
        parts = text.replace("，", ",").replace("×", ",").replace(" ", ",").split(",")
        parts = [part for part in parts if part]
        if len(parts) not in (1, 2) or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
            raise UserError("operations_pair", got=text[:20], low=self.low, high=self.high)
        numbers = [int(part) for part in parts]
        if not all(self.low <= number <= self.high for number in numbers):
            raise UserError("operations_pair", got=text[:20], low=self.low, high=self.high)
        return numbers[0], numbers[-1]


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range."""

    low: int
    high: int

    def read(self, text: str) -> int:
        """The number in a link."""
        number = int(text)
        if not self.low <= number <= self.high:
            raise ValueError(text)
        return number

    def value(self, held: int) -> int:
        """Itself."""
        return int(held)


@dataclass(frozen=True, slots=True)
class Real:
    """A number in a range."""

    low: float
    high: float
    step: float = 0.05

    def read(self, text: str) -> float:
        """The number in a link."""
        number = float(text)
        if not math.isfinite(number) or not self.low <= number <= self.high:
            raise ValueError(text)
        return number

    def value(self, held: float) -> float:
        """Itself."""
        return float(held)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names."""

    options: tuple[str, ...]

    def read(self, text: str) -> str:
        """The name in a link."""
        if text not in self.options:
            raise ValueError(text)
        return text

    def value(self, held: str) -> str:
        """Itself."""
        return held


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no, `1` or `0` in a link."""

    def read(self, text: str) -> bool:
        """The switch in a link."""
        if text not in ("0", "1"):
            raise ValueError(text)
        return text == "1"

    def value(self, held: bool) -> bool:
        """Itself."""
        return bool(held)


Kind = Numbers | Pair | Whole | Real | Choice | Flag


def always(_: Mapping[str, Any]) -> bool:
    """For a setting that is always shown."""
    return True


def where(name: str, *values: Any) -> Callable[[Mapping[str, Any]], bool]:
    """For a setting shown only while another one has one of `values`."""
    return lambda settings: settings.get(name) in values


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to set: its label stands in `pages/operations.toml` under `setting.<name>`."""

    name: str
    kind: Kind
    default: Any
    """As its control holds it: text for numbers and pairs."""
    shown: Callable[[Mapping[str, Any]], bool] = always
    source: str = ""
    """The setting that must say `numbers` for the reader's own numbers to count."""

    @property
    def depth(self) -> int:
        """Axes of the numbers that are typed; 0 where it is no such setting."""
        return self.kind.depth if isinstance(self.kind, Numbers) else 0


def typed(name: str, depth: int, default: str, source: str) -> Setting:
    """Numbers that the reader types, where setting `source` says `numbers`."""
    return Setting(name, Numbers(depth), default, where(source, "numbers"), source)


def held_text(value: Any) -> str:
    """The value of a control as it stands in a link."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return f"{value:g}" if isinstance(value, float) else str(value)
