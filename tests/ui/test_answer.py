"""What an experiment's runs have come to, as its answer reads it."""

from math import log, nan

import pytest

from cnnviz.figures.curves import RunCurves, learning_curves
from cnnviz.text import load
from cnnviz.ui.studio.answer import loss_top


def _run(name: str, setting: str, *losses: float) -> RunCurves:
    epochs = list(range(1, len(losses) + 1))
    return RunCurves(name, epochs, losses, losses, epochs, losses, losses, setting)


@pytest.mark.parametrize(
    ("losses", "top"), [((2.3, 0.1), None), ((), None), ((nan, 9.2), None), ((1e20, 2.3), 2 * log(10))]
)
def test_the_axis_of_the_loss_ends_at_twice_guessing_where_one_explodes(
    losses: tuple[float, ...], top: float | None
) -> None:
    runs = [_run("a", "", 2.3, 0.5), _run("b", "", *losses)]
    assert loss_top(runs, 10) == top
    axis = learning_curves(runs, "loss", load("pages/studio"), top=top).layout.yaxis
    assert axis.range == (None if top is None else (0, top))


def test_the_seeds_of_one_setting_share_colour_shape_and_legend_entry() -> None:
    runs = [_run(f"{setting} {seed}", setting, 2.0, 1.0) for setting in ("a", "b") for seed in range(3)]
    figure = learning_curves(runs, "loss", load("pages/studio"))
    assert len(figure.data) == 12
    assert [line.name for line in figure.data if line.showlegend] == ["a", "b"]
    assert len({(line.line.color, line.marker.symbol) for line in figure.data}) == 2
    assert {line.line.width for line in figure.data} == {1}
    assert learning_curves([_run("a", "", 1.0)], "loss", load("pages/studio")).data[0].line.width == 2


def test_settings_beyond_the_colours_have_a_shape_of_their_own() -> None:
    runs = [_run(str(index), str(index), 1.0) for index in range(12)]
    looks = {(line.line.color, line.marker.symbol) for line in learning_curves(runs, "loss", load("pages/studio")).data}
    assert len(looks) == 12
