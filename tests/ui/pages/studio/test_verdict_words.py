"""The sentences under an experiment follow from the accuracies, and every number in them is one of theirs."""

import pytest

from cnnviz.text import LANGUAGES, load
from cnnviz.train.ranking import RankedSetting, rank
from cnnviz.ui.pages.studio.verdict_words import describe_largest, describe_ranking

T = load("verdict")


def _setting(name: str, *accuracies: float | None) -> RankedSetting:
    return RankedSetting(name, accuracies, 599, 10)


def test_two_settings_within_chance_are_no_different() -> None:
    settings = [_setting("max", 0.962, 0.962, 0.962), _setting("average", 0.960, 0.963, 0.960)]
    assert describe_ranking(rank(settings), T) == (
        "**max** 96.2% against **average** 96.1% on the test images, the mean of 3 seeds: no difference. The gap of 0.1"
        " percentage points is within chance: seeds of one setting lie up to 0.3 apart, and the choice of 599 test"
        " images makes up to ±2.2."
    )


def test_two_settings_beyond_chance_are_and_the_numbers_show_it() -> None:
    said = describe_ranking(rank([_setting("slow", 0.90, 0.91), _setting("usual", 0.96, 0.97)]), T)
    # 1.96 · √((0.965 · 0.035 + 0.905 · 0.095) / 599) = 0.0277
    assert said.startswith("**usual** is better: 96.5% against 90.5% with **slow** on the test images, the mean of 2")
    assert "The gap of 6.0 percentage points" in said
    assert "up to 1.0 apart, and the choice of 599 test images makes up to ±2.8." in said


def test_one_seed_says_that_it_is_one() -> None:
    said = describe_ranking(rank([_setting("a", 0.95), _setting("b", 0.94)]), T)
    assert "from one seed: no difference" in said
    assert "another seed" in said
    assert "lie up to" not in said


def test_of_several_the_best_stands_first_and_every_other_in_one_place() -> None:
    settings = [
        _setting("stuck", 0.10, 0.102),
        _setting("poor", 0.80, 0.81),
        _setting("close", 0.955, 0.965),
        _setting("top", 0.97, 0.97),
        _setting("sometimes", 0.10, 0.96),
        _setting("diverged", None, 0.1),
    ]
    said = describe_ranking(rank(settings), T)
    assert said.startswith("By the mean of 2 seeds, **top** is best: 97% of the test images.")
    assert "No different from it: **close** 96% (−1.0)." in said
    assert "Worse: **poor** 80.5% (−16.5)." in said
    assert "**sometimes** learned from 1 of 2 seeds only." in said
    assert "Did not learn: **stuck** 10.1%, **diverged**; guessing is right for 10%." in said


def test_several_without_a_difference_are_listed_together() -> None:
    said = describe_ranking(rank([_setting("a", 0.95), _setting("b", 0.955), _setting("c", 0.96)]), T)
    assert "there is no difference between the test accuracies: **c** 96%, **b** 95.5%, **a** 95%." in said
    assert "best" not in said


def test_where_one_learned_or_none_nothing_is_compared() -> None:
    one = describe_ranking(rank([_setting("a", 0.1), _setting("b", 0.9)]), T)
    assert one.startswith("Only **b** learned in every run: 90% of the test images. Did not learn: **a** 10%; guessing")
    assert describe_ranking(rank([_setting("a", 0.1)]), T).startswith("Did not learn: **a** 10%")


def test_the_largest_learning_rate_is_that_up_to_which_every_seed_learned() -> None:
    learned, stuck, half = _setting("x", 0.9, 0.95), _setting("x", 0.1, 0.1), _setting("x", 0.1, 0.95)
    groups = {
        "without": [(0.1, learned), (1.0, stuck), (0.3, half)],
        "with": [(0.1, learned), (1.0, learned)],
    }
    assert describe_largest(groups, T) == (
        "Without batch normalization LeNet learns with learning rates up to 0.1 (tried: 0.1, 0.3, 1)."
        " With batch normalization it learns with every learning rate tried, up to 1 (0.1, 1)."
    )
    assert "learns with none of the learning rates tried (10)" in describe_largest({"with": [(10.0, stuck)]}, T)


def test_a_name_is_shown_letter_by_letter() -> None:
    assert r"**\*a\* \[b\]**" in describe_ranking(rank([_setting("*a* [b]", 0.9)]), T)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_holds_the_same_numbers_in_every_language(language: str) -> None:
    ranking = rank([_setting("max", 0.962, 0.961), _setting("average", 0.960, 0.953)])
    said = describe_ranking(ranking, load("verdict", language))
    assert all(number in said for number in ("96.2%", "95.6%", "0.5", "0.7", "±2.2", "599"))
