"""Which setting is best, and which are no different from it, by hand calculation."""

import math

import pytest
from scipy.stats import norm

from cnnviz.train.ranking import TIMES, RankedSetting, rank, sampling_error


def _setting(name: str, *accuracies: float | None, num_test: int = 599) -> RankedSetting:
    return RankedSetting(name, accuracies, num_test, 10)


def test_a_gap_within_what_the_choice_of_test_images_makes_is_chance() -> None:
    ranking = rank([_setting("average", 0.960, 0.963, 0.960), _setting("max", 0.962, 0.962, 0.962)])
    assert ranking.best is not None
    assert ranking.best.name == "max"
    (gap,) = ranking.alike
    assert gap.gap == pytest.approx(0.001)
    assert gap.spread == pytest.approx(0.003)
    # 1.96 · √((0.962 · 0.038 + 0.961 · 0.039) / 599) = 1.96 · √(0.074035 / 599)
    assert gap.error == pytest.approx(0.02179, abs=1e-5)
    assert ranking.worse == ()


def test_a_gap_beyond_both_is_a_difference() -> None:
    ranking = rank([_setting("slow", 0.90, 0.91), _setting("usual", 0.96, 0.965)])
    (gap,) = ranking.worse
    assert gap.gap == pytest.approx(0.0575)
    assert ranking.alike == ()


def test_seeds_that_lie_far_apart_make_a_gap_chance_that_the_images_do_not() -> None:
    ranking = rank([_setting("a", 0.80, 0.90), _setting("b", 0.95, 0.95)])
    (gap,) = ranking.alike
    assert gap.gap == pytest.approx(0.10)
    assert gap.spread == pytest.approx(0.10)
    assert gap.error < 0.04


def test_a_gap_as_large_as_chance_is_chance_and_a_hair_more_is_none() -> None:
    half = rank([_setting("a", 0.50, num_test=9604), _setting("b", 0.50, num_test=9604)])
    assert half.behind[0].error == pytest.approx(0.01 * 2**0.5)  # 1.96 · √(0.5 / 9604)
    assert not rank([_setting("a", 0.515, num_test=9604), _setting("b", 0.5, num_test=9604)]).alike
    assert rank([_setting("a", 0.514, num_test=9604), _setting("b", 0.5, num_test=9604)]).alike


def test_each_set_of_images_counts_with_its_own_size() -> None:
    (gap,) = rank([_setting("few", 0.8, num_test=100), _setting("many", 0.9, num_test=599)]).behind
    assert gap.error == pytest.approx(1.96 * (0.9 * 0.1 / 599 + 0.8 * 0.2 / 100) ** 0.5)


def test_what_guessing_explains_has_not_learned() -> None:
    # guessing: 0.1 + 1.96 · √(0.1 · 0.9 / 599) = 0.1240
    ranking = rank([_setting("stuck", 0.102, 0.123), _setting("sometimes", 0.10, 0.95), _setting("learns", 0.125, 0.9)])
    assert [one.name for one in ranking.failed] == ["stuck"]
    assert [one.name for one in ranking.unsteady] == ["sometimes"]
    assert ranking.best is not None
    assert ranking.best.name == "learns"
    assert ranking.behind == ()


def test_a_loss_that_is_no_number_has_not_learned_and_has_no_mean() -> None:
    diverged = _setting("diverged", None, 0.9)
    assert diverged.mean is None
    assert diverged.learned == (0.9,)
    ranking = rank([diverged])
    assert (ranking.best, ranking.unsteady) == (None, (diverged,))
    assert rank([_setting("none", None)]).failed[0].name == "none"


def test_of_equal_settings_the_first_stays_first() -> None:
    ranking = rank([_setting("a", 0.9), _setting("b", 0.9)])
    assert ranking.best is not None
    assert (ranking.best.name, ranking.behind[0].gap) == ("a", 0.0)
    assert ranking.behind[0].is_chance


def test_several_settings_are_in_order_of_their_means() -> None:
    ranking = rank([_setting("a", 0.5), _setting("b", 0.96), _setting("c", 0.97), _setting("d", 0.7)])
    assert [gap.setting.name for gap in ranking.behind] == ["b", "d", "a"]
    assert [gap.setting.name for gap in ranking.alike] == ["b"]
    assert [gap.setting.name for gap in ranking.worse] == ["d", "a"]


def test_the_sampling_error_is_that_of_two_shares_of_so_many_images() -> None:
    expected = 1.96 * math.sqrt(0.9 * 0.1 / 500 + 0.8 * 0.2 / 200)
    assert sampling_error(0.9, 0.8, 500, 200) == pytest.approx(expected)
    assert sampling_error(0.9, 0.8, 500) == sampling_error(0.9, 0.8, 500, 500)


def test_nineteen_of_twenty_repeated_tests_fall_within_the_sampling_error() -> None:
    assert norm.cdf(TIMES) - norm.cdf(-TIMES) == pytest.approx(0.95, abs=1e-4)
