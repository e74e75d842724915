"""The error of a gap is that of two shares, as the field's textbooks have it."""

import math

import pytest
from scipy.stats import norm

from cnnviz.train.sampling_error import TIMES, sampling_error


def test_the_error_is_that_of_two_shares_of_so_many_images() -> None:
    expected = 1.96 * math.sqrt(0.9 * 0.1 / 500 + 0.8 * 0.2 / 200)
    assert sampling_error(0.9, 0.8, 500, 200) == pytest.approx(expected)
    assert sampling_error(0.9, 0.8, 500) == sampling_error(0.9, 0.8, 500, 500)


def test_nineteen_of_twenty_repeated_tests_fall_within_it() -> None:
    assert norm.cdf(TIMES) - norm.cdf(-TIMES) == pytest.approx(0.95, abs=1e-4)
