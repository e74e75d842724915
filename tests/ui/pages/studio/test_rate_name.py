"""A run's name says which learning rates were in force."""

import pytest

from cnnviz.ui.pages.studio.rate_name import LONGEST, rates, with_rates


def test_a_change_stands_behind_the_rate_and_a_further_one_behind_that() -> None:
    first = with_rates("LeNet digits η=0.9", rates(0.9, [(4, 0.1)]))
    assert first == "LeNet digits η=0.9 → 0.1"
    assert with_rates(first, rates(0.9, [(4, 0.1), (9, 1e-5)])) == "LeNet digits η=0.9 → 0.1 → 1e-05"
    assert with_rates(first, [0.9]) == "LeNet digits η=0.9"  # after a rewind


@pytest.mark.parametrize(
    ("changes", "expected"),
    [([], [0.9]), ([(0, 0.5)], [0.5]), ([(3, 0.5), (3, 0.1)], [0.9, 0.1]), ([(3, 0.1), (2, 0.5)], [0.9, 0.5, 0.1])],
)
def test_the_rates_in_force_are_those_that_a_minibatch_saw(
    changes: list[tuple[int, float]], expected: list[float]
) -> None:
    assert rates(0.9, changes) == expected


def test_a_name_that_would_be_too_long_stays() -> None:
    assert with_rates("x" * LONGEST, [0.9, 0.1]) == "x" * LONGEST
