"""Interleaved timing of two functions, so that other load on the machine meets both."""

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
        """Return ours over theirs: below 1 is faster."""
        return self.ours / self.theirs


def time_interleaved(
    name: str, ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = 7, seconds: float = 0.0
) -> TimeRatio:
    """Return the best of `rounds` turns of each, after a warm-up of each.

    A turn is one call, or as many as fit into `seconds`: a single call of a millisecond is disturbed too often.
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
