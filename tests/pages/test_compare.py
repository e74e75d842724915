"""The Compare page shows the curriculum's numbers, beside each other."""

from math import prod
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.figures.comparison import conv_and_dense, field_sides
from cnnviz.text import LANGUAGES
from cnnviz.trace.api import trace
from cnnviz.ui.pages.compare.comparisons import COMPARISONS
from cnnviz.zoo import build

PAGE = Path(__file__).parents[2] / "pages" / "explore" / "compare.py"


def _open(**query: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_ready_made_comparison_opens(name: str) -> None:
    app = _open(set=name)
    assert not app.error
    assert app.table[0].value.shape[1] == len(COMPARISONS[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language(language: str) -> None:
    assert _open(lang=language).title[0].value


def test_the_first_comparison_shows_the_numbers_of_the_curriculum() -> None:
    table = _open().table[0].value
    assert list(table.columns) == ["LeNet", "AlexNet"]
    assert {"61,706", "416,520", "5", "16×16"} <= set(table["LeNet"])
    assert {"46,764,746", "938,146,176", "8", "195×195", "92%"} <= set(table["AlexNet"])


def test_who_costs_least_is_said_with_how_many_times_as_much_the_other_costs() -> None:
    said = [text.value for text in _open().markdown]
    assert (
        "LeNet has the fewest parameters, 61.7 k; AlexNet has 758 times as many, 46.8 M."  # 46,764,746 / 61,706
        " LeNet needs the fewest multiply-adds for one image, 417 k; AlexNet needs 2,252 times as many, 938 M."
    ) in said
    alike = next(text.value for text in _open(set="vgg-lrn").markdown if "All have the same" in text.value)
    assert "All need the same number of multiply-adds" in alike


def test_half_the_width_costs_about_a_quarter_of_the_multiply_adds() -> None:
    table = _open(set="mobilenet-width").table[0].value
    macs = {label: int(column.iloc[4].replace(",", "")) for label, column in table.items()}
    assert macs["MobileNet width=0.5"] / macs["MobileNet width=1"] == pytest.approx(0.259, abs=0.005)


def test_ones_own_comparison_takes_knobs_from_the_link() -> None:
    app = _open(set="own", a="vgg", b="resnet", c="lenet", **{"a.config": "D", "a.size": "64"})
    assert list(app.table[0].value.columns) == ["VGG config=D", "ResNet", "LeNet"]
    assert app.table[0].value["VGG config=D"].iloc[0] == "1×64×64"


def test_a_network_that_cannot_be_built_says_why_and_the_others_stay() -> None:
    app = _open(set="own", a="vgg", b="lenet", **{"a.size": "8"})
    assert len(app.error) == 1
    assert list(app.table[0].value.columns) == ["LeNet"]


@pytest.mark.parametrize(
    "query",
    [{"set": "nonsense"}, {"set": "own", "a": "alexnet", "a.form": "huge"}, {"set": "own", "a": "<b>", "b.size": "-3"}],
)
def test_a_wrong_link_falls_back_with_a_note(query: dict[str, str]) -> None:
    app = _open(**query)
    assert app.warning
    assert not app.error


def test_the_dense_layers_of_alexnet_hold_what_the_curriculum_says() -> None:
    facts = trace(build("alexnet", device="meta"), (1, 224, 224))
    assert conv_and_dense(facts, "num_params") == (3_723_968, 43_040_778)
    assert conv_and_dense(facts, "macs") == (895_113_600, 43_032_576)


def test_the_receptive_field_grows_as_the_windows_say() -> None:
    steps = field_sides(trace(build("lenet", device="meta"), (1, 28, 28)))
    assert steps == [(0, 1, "input"), (1, 5, "conv1"), (2, 6, "pool1"), (3, 14, "conv2"), (4, 16, "pool2")]


def test_the_stopwatch_measures_every_network() -> None:
    app = _open()
    app.button[0].click().run()
    assert not app.exception
    times = app.dataframe[0].value
    assert len(times) == 2
    assert (times.iloc[:, 1] > 0).all()


@pytest.mark.parametrize(("name", "shape"), [("resnet", (128, 128, 3, 3)), ("densenet", (32, 128, 3, 3))])
def test_the_answer_on_densenet_has_the_weights_of_the_networks_that_it_compares(
    name: str, shape: tuple[int, ...]
) -> None:
    layers = trace(build(name, device="meta"), (1, 96, 96)).layers
    assert shape in [row.param_shapes[0] for row in layers if row.param_shapes]
    assert f"{'·'.join(map(str, shape))} = {prod(shape):,}" in _open(set="residual-dense").info[0].value
