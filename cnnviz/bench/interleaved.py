"""Two ways of doing the same thing, timed in turns so that whatever else the machine does meets both."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class Ratio:
    """The best time of ours and of theirs, in seconds."""

    name: str
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Ours over theirs: below 1 is faster."""
        return self.ours / self.theirs


def interleaved(name: str, ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = 7) -> Ratio:
    """The best of `rounds` of each, in turns, after one of each that does not count."""
    ours()
    theirs()
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for index, work in enumerate((ours, theirs)):
            gc.collect()
            begin = perf_counter()
            work()
            best[index] = min(best[index], perf_counter() - begin)
    return Ratio(name, *best)
