"""Names at the ends of lines: none over another, each with its marker."""

import random
from itertools import pairwise

import pytest

from cnnviz.figures.curves import RunCurves, learning_curves
from cnnviz.figures.line_names import GLYPHS, LONGEST, spread_apart, wrap_name
from cnnviz.figures.palette import MARKERS
from cnnviz.text import load

T = load("pages/studio")


def _run(name: str, end: float, setting: str = "") -> RunCurves:
    return RunCurves(name, [0.5, 1.0], [2.0, 1.0], [0.1, end], [1.0], [1.0], [end], setting)


def test_boxes_are_moved_apart_by_no_more_than_they_need() -> None:
    draw = random.Random(3)
    for _ in range(200):
        count = draw.randrange(1, 7)
        wanted = [draw.uniform(0, 300) for _ in range(count)]
        sizes = [draw.choice((18.0, 32.0)) for _ in range(count)]
        placed = spread_apart(wanted, sizes, 0, 300)
        order = sorted(range(count), key=wanted.__getitem__)
        for below, above in pairwise(order):
            assert placed[above] - placed[below] >= (sizes[above] + sizes[below]) / 2 - 1e-9
        for place, size in zip(placed, sizes, strict=True):
            assert size / 2 - 1e-9 <= place <= 300 - size / 2 + 1e-9


@pytest.mark.parametrize("name", ["a", "a b " * 20, "x" * 80, ""])
def test_a_name_has_two_lines_at_most(name: str) -> None:
    lines = wrap_name(name)
    assert 1 <= len(lines) <= 2
    assert all(len(line) <= LONGEST + 1 for line in lines)


def test_every_marker_has_a_letter() -> None:
    assert set(MARKERS) == set(GLYPHS)


def test_each_of_several_runs_is_named_at_its_end_with_its_marker() -> None:
    runs = [_run("first", 0.90), _run("<b>second</b>", 0.91)]
    figure = learning_curves(runs, "accuracy", T)
    names = figure.layout.annotations
    assert [(name.x, name.y) for name in names] == [(1.0, 0.90), (1.0, 0.91)]
    assert [name.text.split("> ", 1)[1] for name in names] == ["first", "&lt;b&gt;second&lt;/b&gt;"]
    for place, name in enumerate(names):
        assert GLYPHS[figure.data[2 * place + 1].marker.symbol] in name.text
    assert names[1].yshift - names[0].yshift >= 14  # one per cent lies three pixels apart
    assert not any(line.showlegend for line in figure.data)


def test_seeds_of_one_setting_have_one_name_between_their_ends() -> None:
    runs = [_run("a, seed 0", 0.5, "a"), _run("a, seed 1", 0.7, "a"), _run("b, seed 0", 0.1, "b")]
    names = learning_curves(runs, "accuracy", T).layout.annotations
    assert [(name.text.split("> ", 1)[1], name.y) for name in names] == [("a", pytest.approx(0.6)), ("b", 0.1)]


def test_a_name_whose_line_leaves_the_axis_stays_inside() -> None:
    (_, name) = learning_curves(
        [_run("a", 0.5), RunCurves("b", [1], [90], [0], [1], [90], [0])], "loss", T, top=4.6
    ).layout.annotations
    assert name.y == 4.6


def test_a_run_by_itself_needs_no_name() -> None:
    assert not learning_curves([_run("a", 0.5)], "loss", T).layout.annotations


def test_guessing_is_a_dashed_line_with_its_name() -> None:
    layout = learning_curves([_run("a", 0.5)], "accuracy", T, guess=0.1).layout
    (line,) = layout.shapes
    assert (line.y0, line.y1, line.line.dash) == (0.1, 0.1, "dash")
    assert [words.text for words in layout.annotations] == [T("chart.guess")]
