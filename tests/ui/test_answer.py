"""What an experiment's runs have come to, as its answer reads it."""

from math import nan

import pytest

from cnnviz.figures.curves import RunCurves, learning_curves
from cnnviz.text import load
from cnnviz.ui.studio.answer import explodes


def _run(name: str, setting: str, *losses: float) -> RunCurves:
    epochs = list(range(1, len(losses) + 1))
    return RunCurves(name, epochs, losses, losses, epochs, losses, losses, setting)


@pytest.mark.parametrize(
    ("losses", "large"), [((2.3, 0.1), False), ((), False), ((nan, 3.1), False), ((1e4, 2.3), True)]
)
def test_a_loss_that_explodes_takes_a_logarithmic_axis(losses: tuple[float, ...], large: bool) -> None:
    assert explodes([_run("a", "", 2.3, 0.5), _run("b", "", *losses)]) == large


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
