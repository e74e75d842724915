"""Two ways of doing the same thing, timed in turns so that whatever else the machine does meets both."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any


@dataclass(frozen=True, slots=True)
class TimeRatio:
    """The best time of ours and of theirs, in seconds."""

    name: str
    ours: float
    theirs: float

    @property
    def ratio(self) -> float:
        """Ours over theirs: below 1 is faster."""
        return self.ours / self.theirs


def time_interleaved(
    name: str, ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = 7, seconds: float = 0.0
) -> TimeRatio:
    """The best of `rounds` turns of each, after one of each that does not count.

    A turn is one call, or as many as `seconds` hold: what takes a millisecond is met by something else too often.
    """
    ours()
    theirs()
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for index, work in enumerate((ours, theirs)):
            gc.collect()
            end = perf_counter() + seconds
            while True:
                begin = perf_counter()
                work()
                now = perf_counter()
                best[index] = min(best[index], now - begin)
                if now >= end:
                    break
    return TimeRatio(name, *best)
