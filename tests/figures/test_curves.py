"""The curves of trainings show what the runs reported, thinned and smoothed as they say."""

import math

import pytest

from cnnviz.figures.curves import MEASURES, MOST_POINTS, RunCurves, curves_summary, learning_curves, smooth, subsample
from cnnviz.figures.log_ticks import log_ticks, ticks_between
from cnnviz.text import LANGUAGES, load


def _run(name: str = "a", steps: int = 4) -> RunCurves:
    return RunCurves(
        name,
        [(step + 1) / 2 for step in range(steps)],
        [2.0 / (step + 1) for step in range(steps)],
        [step / steps for step in range(steps)],
        [1.0, 2.0],
        [1.5, 1.0],
        [0.25, 0.5],
    )


@pytest.mark.parametrize("count", [0, 1, 299, 300, 301, 999, 100_000])
def test_a_line_keeps_its_ends_and_at_most_300_points(count: int) -> None:
    kept = subsample(count)
    assert len(kept) == min(count, MOST_POINTS)
    assert kept == sorted(set(kept))
    assert not count or (kept[0], kept[-1]) == (0, count - 1)


def test_smoothing_by_hand() -> None:
    # half of each: 4, then (4/4 + 2/2) / (1/4 + 1/2) = 8/3, then (4/8 + 2/4 + 0/2) / (7/8) = 8/7
    assert smooth([4, 2, 0], 0.5) == pytest.approx([4, 8 / 3, 8 / 7])


def test_without_smoothing_the_values_stay() -> None:
    assert smooth([3.0, 1.0, 2.0], 0) == [3, 1, 2]


def test_a_value_that_is_none_leaves_the_mean_as_it_was() -> None:
    assert smooth([4, math.nan, 2], 0.5) == pytest.approx([4, 4, 8 / 3])
    assert math.isnan(smooth([math.inf], 0.5)[0])


@pytest.mark.parametrize("measure", MEASURES)
def test_each_run_has_a_line_of_minibatches_and_a_dashed_one_of_tests(measure: str) -> None:
    runs = [_run("a"), _run("b", 1000)]
    figure = learning_curves(runs, measure, load("pages/studio", "en"))
    train, test = figure.data[:2]
    assert list(train.y) == getattr(runs[0], f"train_{measure}")
    assert list(train.x) == runs[0].epochs
    assert list(test.y) == getattr(runs[0], f"test_{measure}")
    assert (train.line.dash, test.line.dash) == ("solid", "dash")
    assert train.line.color == test.line.color != figure.data[2].line.color
    assert len(figure.data[2].y) == MOST_POINTS
    assert figure.layout.xaxis.title.text
    assert figure.layout.yaxis.title.text


@pytest.mark.parametrize(("log", "kind"), [(False, "linear"), (True, "log")])
def test_the_axis_is_linear_or_logarithmic(log: bool, kind: str) -> None:
    axis = learning_curves([_run()], "loss", load("pages/studio", "en"), log=log).layout.yaxis
    assert (axis.type, axis.rangemode) == (kind, "nonnegative")  # around a lone point too


def test_a_logarithmic_axis_is_marked_in_full_numbers() -> None:
    assert log_ticks([0.04, 2.3, math.nan, 0.0]) == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
    assert log_ticks([0.002, 2.3]) == [0.001, 0.01, 0.1, 1, 10]
    assert log_ticks([2.45, 3.2]) == [2.4, 2.6, 2.8, 3.0, 3.2, 3.4]
    assert log_ticks([2.3]) == [2.3]
    assert log_ticks([]) == []
    axis = learning_curves([_run()], "loss", load("pages/studio", "en"), log=True).layout.yaxis
    assert "0.5" in axis.ticktext
    assert len(axis.tickvals) == len(axis.ticktext)


@pytest.mark.parametrize(
    ("low", "high", "fewest", "marks"),
    [
        (900, 45_000, 3, [1e3, 3e3, 1e4, 3e4]),
        (1, 400, 3, [1, 10, 100]),
        (1, 400, 5, [1, 3, 10, 30, 100, 300]),
        (4e4, 1.1e5, 3, [5e4, 7e4, 1e5]),
        (1, 1, 5, [1]),
    ],
)
def test_a_logarithmic_axis_has_enough_marks(low: float, high: float, fewest: int, marks: list[float]) -> None:
    assert ticks_between(low, high, fewest) == marks


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_ends_are_told_in_words(language: str) -> None:
    t = load("pages/studio", language)
    assert "0.5" in curves_summary([_run()], "loss", t)
    assert "50%" in curves_summary([_run()], "accuracy", t)
    assert t("chart.empty") in curves_summary([], "loss", t)


def test_the_step_that_is_looked_at_is_a_line_across_the_chart() -> None:
    t = load("pages/studio", "en")
    (mark,) = learning_curves([_run()], "loss", t, mark=1.5).layout.shapes
    assert (mark.x0, mark.x1, mark.yref) == (1.5, 1.5, "y domain")
    assert not learning_curves([_run()], "loss", t).layout.shapes


def test_what_happened_in_the_course_of_a_run_is_a_line_with_its_words() -> None:
    figure = learning_curves([_run()], "loss", load("pages/studio", "en"), notes=[(0.5, "η 0.9 → 0.1"), (1.6, "next")])
    assert [line.x0 for line in figure.layout.shapes] == [0.5, 1.6]
    assert [note.xanchor for note in figure.layout.annotations] == ["left", "right"]  # of two epochs
    assert [(note.x, note.text) for note in figure.layout.annotations] == [(0.5, "η 0.9 → 0.1"), (1.6, "next")]
    assert figure.layout.annotations[0].y > figure.layout.annotations[1].y


def test_an_empty_chart_of_accuracies_reaches_from_none_to_all() -> None:
    run = RunCurves("a", [], [], [], [], [], [])
    layout = learning_curves([run], "accuracy", load("pages/studio", "en")).layout
    assert layout.yaxis.range == (0, 1)
    assert learning_curves([_run()], "accuracy", load("pages/studio", "en")).layout.yaxis.range is None
