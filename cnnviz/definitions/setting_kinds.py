"""Kinds of settings: the literals that an operation takes, checked and brought into one form."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

LARGEST_NUMBER = 10_000_000
LONGEST_TUPLE = 16
_MISSING = object()

Check = Callable[[Any], Any]
"""Returns the value in its one form; ValueError for another kind of value."""


@dataclass(frozen=True, slots=True)
class SettingRule:
    """One setting of an operation."""

    name: str
    check: Check
    default: Any = _MISSING

    @property
    def required(self) -> bool:
        """True where it has no default."""
        return self.default is _MISSING


def whole(low: int, high: int = LARGEST_NUMBER) -> Check:
    """Return the check of a whole number."""

    def check(value: Any) -> int:
        if type(value) is not int or not low <= value <= high:
            raise ValueError
        return value

    return check


def wholes(low: int, high: int = LARGEST_NUMBER, length: int = LONGEST_TUPLE) -> Check:
    """Return the check of a tuple of whole numbers."""
    one = whole(low, high)

    def check(value: Any) -> tuple[int, ...]:
        if not isinstance(value, tuple | list) or not 1 <= len(value) <= length:
            raise ValueError
        return tuple(map(one, value))

    return check


def per_axis(low: int, words: tuple[str, ...] = ()) -> Check:
    """Return the check of a number for all axes or one for each; a tuple of equal numbers becomes one number."""
    one = whole(low, 100_000)

    def check(value: Any) -> Any:
        if value in words if isinstance(value, str) else False:
            return value
        if isinstance(value, tuple | list) and len(value) == 2:
            numbers = tuple(map(one, value))
            return numbers[0] if numbers[0] == numbers[1] else numbers
        return one(value)

    return check


def output_size(value: Any) -> Any:
    """Check the size that an adaptive pool gives, None on an axis for that of its input."""
    if isinstance(value, tuple | list) and len(value) == 2:
        sizes = tuple(None if one is None else whole(1, 100_000)(one) for one in value)
        return sizes[0] if sizes[0] == sizes[1] else sizes
    return None if value is None else whole(1, 100_000)(value)


def real(value: Any) -> float | int:
    """Check a finite number."""
    if type(value) not in (int, float) or not isfinite(value) or abs(value) > 1e12:
        raise ValueError
    return value


def fraction(value: Any) -> float | int:
    """Check a number from 0 to 1."""
    if not 0 <= real(value) <= 1:
        raise ValueError
    return value


def flag(value: Any) -> bool:
    """Check True or False."""
    if type(value) is not bool:
        raise ValueError
    return value


def word(*choices: str) -> Check:
    """Return the check of one of some words."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise ValueError
        return value

    return check


def optional(check: Check) -> Check:
    """Return the same check that also lets None pass."""
    return lambda value: None if value is None else check(value)


def either(*checks: Check) -> Check:
    """Return the check that passes what one of several passes."""

    def check(value: Any) -> Any:
        for one in checks:
            try:
                return one(value)
            except ValueError:
                continue
        raise ValueError

    return check


def view_sizes(value: Any) -> tuple[Any, ...]:
    """Check the sizes of a view: whole numbers, one −1 at most; "n" for the number of images, at the front alone."""
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= LONGEST_TUPLE or list(value).count(-1) > 1:
        raise ValueError
    first, *rest = value
    return (first if first == "n" else whole(-1)(first), *map(whole(-1), rest))


def index_parts(value: Any) -> tuple[Any, ...]:
    """Check the parts of an index: a number, a slice as (start, stop, step), None for a new dimension, "..."."""
    if not isinstance(value, tuple | list) or not 1 <= len(value) <= 8 or list(value).count("...") > 1:
        raise ValueError
    number = whole(-LARGEST_NUMBER)
    parts: list[Any] = []
    for part in value:
        if isinstance(part, tuple | list):
            if len(part) != 3 or part[2] in (0,):
                raise ValueError
            start, stop, step = map(optional(number), part)
            if step is not None and step < 1:
                raise ValueError
            parts.append((start, stop, step))
        else:
            parts.append(part if part is None or (isinstance(part, str) and part == "...") else number(part))
    return tuple(parts)
