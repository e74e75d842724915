"""The Architectures page as a reader's session sees it."""

import csv
import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.text import LANGUAGES, load
from cnnviz.trace import trace
from cnnviz.ui.components.layer_table import CSV_COLUMNS, layer_csv
from cnnviz.zoo import ARCHITECTURES, build

ROOT = Path(__file__).parents[2]
PAGE = "pages/explore/architectures.py"


def _open(**state: object) -> AppTest:
    page = (
        AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=60)
        .run()
        .switch_page(str(ROOT / PAGE))
    )
    for name, value in state.items():
        page.session_state[name.replace("__", ".")] = value
    return page.run()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_opens(name: str) -> None:
    page = _open(net=name)
    assert not page.exception
    assert not page.error
    entry = ARCHITECTURES[name]
    facts = trace(build(name, device="meta"), entry.input_shape(entry.resolve()))
    table = page.dataframe[0].value
    assert list(table["Name"]) == [row.name for row in facts.layers]
    assert int(table["Parameters"].sum()) == facts.num_params
    assert int(table["Multiply-adds"].sum()) == facts.macs
    assert f"torch.rand({', '.join(map(str, (1, *facts.input_shape)))})" in page.code[0].value


def test_lenet_shows_the_numbers_of_the_course() -> None:
    page = _open()
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Parameters"] == "61.7 k"
    assert shown["Depth"] == "5"
    table = page.dataframe[0].value
    assert list(table["Output shape"])[:6] == [
        "6×28×28",
        "6×28×28",
        "6×14×14",
        "16×10×10",
        "16×10×10",
        "16×5×5",
    ]
    assert int(table["Multiply-adds"].sum()) == 416_520


def test_the_smallest_image_is_said_before_anybody_asks_for_one() -> None:
    assert any("12×12" in caption.value and "15×15" in caption.value for caption in _open().caption)
    assert any("1×1" in caption.value and "32×32" in caption.value for caption in _open(net="googlenet").caption)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_training_setting_names_its_source_and_its_options_in_words(language: str) -> None:
    told = [caption.value for caption in _open(lang=language).caption]
    assert not any("batch_norm" in caption or "padding =" in caption for caption in told)
    words, t = load("zoo/lenet", language), load("pages/architectures", language)
    assert any(words("option.batch_norm.label") in caption for caption in told)
    captions = [caption.value for caption in _open(net="googlenet", lang=language).caption]
    for source, optimizer in (("course", "SGD"), ("notes", "Adam")):
        values = {"form": "", "optimizer": optimizer, "batch": 128 if source == "course" else 16, "size": 96}
        values |= {"rate": "0.1", "epochs": 10} if source == "course" else {"rate": "0.001", "epochs": 5}
        assert t(f"facts.recipe.{source}", **values) in captions


def test_a_knob_changes_every_part_of_the_page() -> None:
    page = _open(lenet__pool="max", lenet__padding=0)
    table = page.dataframe[0].value
    assert int(table["Parameters"].sum()) == 44_426
    assert "nn.MaxPool2d" in page.code[0].value


def test_too_small_an_image_is_one_sentence_and_the_page_goes_on() -> None:
    page = _open(net="alexnet", alexnet__size=20)
    assert not page.exception
    assert len(page.error) == 1
    assert "too small" in page.error[0].value
    assert page.title[0].value == load("pages/architectures", "en")("title")


@pytest.mark.parametrize("bad", [{"net": "lennet"}, {"layer": "no.such.layer"}, {"lenet__pool": "median"}])
def test_hostile_state_leaves_a_working_page(bad: dict[str, object]) -> None:
    page = _open(**bad)
    assert not page.exception
    assert "Traceback" not in " ".join(error.value for error in page.error)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_every_language(language: str) -> None:
    page = _open(lang=language)
    assert not page.exception
    assert page.title[0].value == load("pages/architectures", language)("title")


def test_the_csv_holds_the_records() -> None:
    facts = trace(build("googlenet", device="meta"), (1, 96, 96))
    rows = list(csv.DictReader(io.StringIO(layer_csv(facts))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [int(row["params"]) for row in rows] == [row.num_params for row in facts.layers]
    assert [row["inputs"].split() for row in rows] == [list(row.inputs) for row in facts.layers]
