"""Real values rounded for a question, so that every machine shows the same digits."""

from torch import Tensor

MARGIN, SHARE = 2e-5, 2e-6
"""How near a value may come to the middle between two roundings, and the part of the value that is added to it:
processors differ in the last bits of a sum, and where the middle lies between them they would round apart."""


def steady_values(values: Tensor, digits: int) -> tuple[tuple[float, ...], ...] | None:
    """Return a (rows, columns) tensor rounded to `digits` after the point; None where one could round either way."""
    grid = [[steady(value, digits) for value in line] for line in values.double().tolist()]
    if any(value is None for line in grid for value in line):
        return None
    return tuple(tuple(value for value in line if value is not None) for line in grid)


def steady(value: float, digits: int) -> float | None:
    """Return `value` rounded to `digits` after the point; None where it lies too near the middle of two roundings.

    >>> steady(0.12345, 2), steady(0.12501, 2)
    (0.12, None)
    """
    scaled = abs(value) * 10**digits
    if abs(scaled - int(scaled) - 0.5) < (MARGIN + SHARE * abs(value)) * 10**digits:
        return None
    return round(value, digits) + 0.0  # no −0
