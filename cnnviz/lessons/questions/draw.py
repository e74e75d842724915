"""A source of random draws that gives the same sequence on every machine and in every version of Python."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Whole numbers, entries and orders drawn from a named seed.

    Only `random()` of Python's generator is used, whose sequence for a seed Python promises never to change; its
    `choice` and `shuffle` may.

    >>> draw = Draw("output-side", 7)
    >>> [draw.between(1, 6) for _ in range(5)]
    [4, 1, 1, 3, 5]
    """

    def __init__(self, name: str, seed: int) -> None:
        self._source = random.Random(f"{name}/{seed}")

    def below(self, count: int) -> int:
        """Return a whole number from 0 to below `count`."""
        return int(self._source.random() * count)

    def between(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both inside."""
        return low + self.below(high - low + 1)

    def one_of(self, entries: Sequence[T]) -> T:
        """Return one of `entries`."""
        return entries[self.below(len(entries))]

    def shuffled(self, entries: Sequence[T]) -> tuple[T, ...]:
        """Return `entries` in another order."""
        left = list(entries)
        return tuple(left.pop(self.below(len(left))) for _ in entries)

    def some_of(self, entries: Sequence[T], count: int) -> tuple[T, ...]:
        """Return `count` different entries, in a drawn order."""
        return self.shuffled(entries)[:count]
