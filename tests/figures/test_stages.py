"""The bars by stage show the records and nothing else."""

import pytest

from cnnviz.figures.stages import MEASURES, percentages, stage_bars, stage_summary, stage_sums
from cnnviz.text import LANGUAGES, load
from cnnviz.trace import trace
from cnnviz.trace.record import Trace
from cnnviz.zoo import ARCHITECTURES, build


def _trace(name: str) -> Trace:
    entry = ARCHITECTURES[name]
    return trace(build(name, device="meta"), entry.input_shape(entry.resolve()))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_stages_sum_to_the_network(name: str) -> None:
    facts = _trace(name)
    stages = stage_sums(facts)
    assert sum(stage.num_params for stage in stages) == facts.num_params
    assert sum(stage.macs for stage in stages) == facts.macs
    assert sum(stage.activation_bytes for stage in stages) == sum(row.activation_bytes for row in facts.layers)
    assert stages[-1].shape == facts.layers[-1].shape


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_bars_are_the_stages(name: str) -> None:
    facts = _trace(name)
    figure = stage_bars(facts, load("pages/architectures", "en"))
    for bars, measure in zip(figure.data, MEASURES, strict=True):
        values = [getattr(stage, measure) for stage in stage_sums(facts)]
        assert list(bars.customdata) == values
        assert list(bars.x) == pytest.approx([100 * value / sum(values) for value in values])


def test_lenet_keeps_its_parameters_in_its_first_dense_layer() -> None:
    by_name = {stage.name: stage for stage in stage_sums(_trace("lenet"))}
    assert by_name["fc1"].num_params == 48_120
    assert by_name["conv2"].macs == 240_000
    assert by_name["conv1"].activation_bytes == 4 * (2 * 6 * 28 * 28 + 6 * 14 * 14)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figure_is_told_in_words(language: str) -> None:
    assert "fc1" in stage_summary(_trace("lenet"), load("pages/architectures", language))


def test_nothing_has_no_share() -> None:
    assert percentages([0, 0]) == [0, 0]
