"""Ticks of a logarithmic axis between which values can be told apart."""

from collections.abc import Sequence
from math import floor, isfinite, log10

_MANTISSAS = ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 5, 7))


def ticks_between(low: float, high: float, fewest: int = 3) -> list[float]:
    """Return at least `fewest` round values from `low` to `high`, the same ones in every power of ten; fewer where the
    two are nearly equal.

    >>> ticks_between(900, 45_000), ticks_between(1, 400)
    ([1000.0, 3000.0, 10000.0, 30000.0], [1.0, 10.0, 100.0])
    """
    found: list[float] = []
    for mantissas in _MANTISSAS:
        powers = range(floor(log10(low)), floor(log10(high)) + 1)
        found = [value for power in powers for m in mantissas if low <= (value := float(f"{m}e{power}")) <= high]
        if len(found) >= fewest:
            break
    return found


def log_ticks(values: Sequence[float]) -> list[float]:
    """Return the ticks of a logarithmic axis over `values`: evenly spaced where these hardly differ.

    Else they stand at 1, 2 and 5 of every power of ten, at the powers alone over more than two of them.
    """
    seen = [value for value in values if isfinite(value) and value > 0]
    if not seen:
        return []
    low, high = min(seen), max(seen)
    if high == low:
        return [float(f"{low:.3g}")]
    if high < 5 * low:
        step = _round_up((high - low) / 4)
        return [round(count * step, 12) for count in range(max(1, int(low / step)), int(high / step) + 2)]
    first, last = floor(log10(low)), floor(log10(high)) + 1
    return [
        float(f"{mantissa}e{power}")
        for power in range(first, last + 1)
        for mantissa in ((1, 2, 5) if high <= 100 * low else (1,))
    ]


def _round_up(number: float) -> float:
    """Return the next 1, 2 or 5 times a power of ten."""
    power = 10.0 ** floor(log10(number))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= number * (1 - 1e-9))
