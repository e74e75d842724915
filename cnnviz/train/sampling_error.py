"""How far two accuracies may lie apart by the choice of the test images alone."""

from math import sqrt

TIMES = 1.96
"""Standard errors within which nineteen of twenty repeated tests would fall."""


def sampling_error(accuracy: float, other: float, num_test: int, other_num_test: int | None = None) -> float:
    """Return the gap that two accuracies in [0, 1], each on so many images, stay below nineteen times in twenty.

    >>> round(sampling_error(0.96, 0.96, 599), 4)
    0.0222
    """
    count = num_test if other_num_test is None else other_num_test
    return TIMES * sqrt(accuracy * (1 - accuracy) / num_test + other * (1 - other) / count)
