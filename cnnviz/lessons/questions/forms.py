"""The forms of a response: a number, a choice, a cell of a map, a filled window, an order, a sketched curve.

Each says which values are legal responses and how far two of them lie apart. A response is right when it lies within
the form's `tolerance` of the right value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, sqrt
from typing import Any, ClassVar

from cnnviz.lessons.questions.sentence import Escape, Sentence

Response = Any
"""int or float; a key or shape among the choices; (row, column); a grid of numbers; a tuple of keys; a tuple of
heights."""
Grid = tuple[tuple[float | None, ...], ...]


def is_number(value: Any) -> bool:
    """Return whether `value` is a finite number, and no flag."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """One entry of a choice or an order: the value that a response names, and its words."""

    value: Any
    label: Sentence | str
    """A text, such as a number or a layer's name, is the same in every language."""

    def describe(self, language: str, escape: Escape = str) -> str:
        """Return the label in `language`; `escape` is applied to names."""
        return escape(self.label) if isinstance(self.label, str) else self.label.describe(language, escape)


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One number; `tolerance` is how far a right response may be off, 0 for counts."""

    name: ClassVar[str] = "number"
    tolerance: float = 0.0

    def is_legal(self, response: Response) -> bool:
        """Return whether `response` is a finite number."""
        return is_number(response)

    def distance(self, one: Response, other: Response) -> float:
        """Return the absolute difference."""
        return abs(one - other)


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """One entry of several, in the order in which they are shown."""

    name: ClassVar[str] = "choice"
    entries: tuple[LabelledValue, ...]
    tolerance: float = 0.0

    def is_legal(self, response: Response) -> bool:
        """Return whether `response` is the value of an entry."""
        return any(type(entry.value) is type(response) and entry.value == response for entry in self.entries)

    def distance(self, one: Response, other: Response) -> float:
        """Return 0 for the same value, else 1."""
        return float(one != other)


@dataclass(frozen=True, slots=True)
class CellForm:
    """A click on one cell, (row, column) counted from 0, of a map or of the image."""

    name: ClassVar[str] = "cell"
    on: str
    """The row of the trace whose map is clicked; "input" for the image, "" for the first of the shown grids."""
    height: int
    width: int
    tolerance: float = 0.0
    """Cells, in rows and in columns; above 0 where a cell is too small to be hit."""
    channel: int | None = None
    """The channel that is shown; None where it does not matter."""

    def is_legal(self, response: Response) -> bool:
        """Return whether `response` is a cell of the map."""
        sides = (self.height, self.width)
        return (
            isinstance(response, tuple)
            and len(response) == 2
            and all(type(at) is int and 0 <= at < side for at, side in zip(response, sides, strict=True))
        )

    def distance(self, one: Response, other: Response) -> float:
        """Return the larger of the distances in rows and in columns."""
        return float(max(abs(a - b) for a, b in zip(one, other, strict=True)))


@dataclass(frozen=True, slots=True)
class FillForm:
    """The empty cells of a grid; a response is the whole grid."""

    name: ClassVar[str] = "fill"
    given: Grid
    """What stands there already; None where a number is asked for."""
    tolerance: float = 0.005

    def is_legal(self, response: Response) -> bool:
        """Return whether `response` has a finite number in each cell, those that were given unchanged."""
        if not isinstance(response, tuple) or len(response) != len(self.given):
            return False
        return all(
            isinstance(line, tuple)
            and len(line) == len(own)
            and all(is_number(value) and held in (None, value) for value, held in zip(line, own, strict=True))
            for line, own in zip(response, self.given, strict=True)
        )

    def distance(self, one: Response, other: Response) -> float:
        """Return the largest difference of a cell."""
        return max(abs(a - b) for a, b in zip(sum(one, ()), sum(other, ()), strict=True))


@dataclass(frozen=True, slots=True)
class OrderForm:
    """Entries to be put in order; a response is the tuple of their values. Shown in the order of `entries`."""

    name: ClassVar[str] = "order"
    entries: tuple[LabelledValue, ...]
    tolerance: float = 0.0

    def is_legal(self, response: Response) -> bool:
        """Return whether `response` holds every entry once."""
        values = [entry.value for entry in self.entries]
        return isinstance(response, tuple) and len(response) == len(values) and set(response) == set(values)

    def distance(self, one: Response, other: Response) -> float:
        """Return 0 for the same order, else 1."""
        return float(one != other)


@dataclass(frozen=True, slots=True)
class CurveForm:
    """A curve sketched over `x`; a response is its height at each place, from `low` to `high`."""

    name: ClassVar[str] = "curve"
    x: tuple[float, ...]
    low: float
    high: float
    x_label: Sentence
    y_label: Sentence
    tolerance: float = 0.08
    """Share of the range: the root of the mean squared distance that a sketch may have."""
    fixed: tuple[tuple[int, float], ...] = ()
    """Places that are given: index into `x`, and height."""

    def is_legal(self, response: Response) -> bool:
        """Return whether `response` has one finite height for each place of `x`, inside the frame."""
        return (
            isinstance(response, tuple)
            and len(response) == len(self.x)
            and all(is_number(height) and self.low <= height <= self.high for height in response)
        )

    def distance(self, one: Response, other: Response) -> float:
        """Return the root of the mean squared difference, as a share of the range."""
        pairs = zip(one, other, strict=True)
        return sqrt(sum((a - b) ** 2 for a, b in pairs) / len(self.x)) / (self.high - self.low)


Form = NumberForm | ChoiceForm | CellForm | FillForm | OrderForm | CurveForm


def nearest(form: Form, response: Response, values: Sequence[Response]) -> int | None:
    """Return the place in `values` of the one that `response` lies nearest to, None where none is within tolerance."""
    distances = [form.distance(response, value) for value in values]
    best = min(distances, default=inf)
    return distances.index(best) if best <= form.tolerance else None
