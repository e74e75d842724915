"""The results page: every number is a card's or is computed, and the sentences follow from them."""

import csv
import io
import math
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.data import dataset
from cnnviz.facts.published import PUBLISHED
from cnnviz.figures.accuracy_chart import MEASURES, accuracy_chart, accuracy_summary
from cnnviz.runs import RunPlan, RunStore
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.environment import describe_machine
from cnnviz.runs.limits import limits
from cnnviz.runs.run_training import train_run
from cnnviz.text import LANGUAGES, load
from cnnviz.text.numbers import PERCENT_MARK
from cnnviz.trace import trace
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.results import differences, published_figures
from cnnviz.ui.pages.results.exercise_questions import QUESTIONS, answer, networks_of
from cnnviz.ui.pages.results.result_row import has_learned, row_label, row_of_card, row_of_run, short_name, user_rows
from cnnviz.ui.pages.results.table import CSV_COLUMNS, point, results_csv
from cnnviz.zoo import build
from tests.pages.opening import open_page

ROOT = Path(__file__).parents[2]
CARDS = tuple(CHECKPOINTS.values())
DIGITS = [card for card in CARDS if card.dataset == "digits"]
T = load("pages/results")


def _open(**state: object) -> AppTest:
    return open_page("results", **state)


def test_the_table_shows_what_the_cards_say() -> None:
    page = _open(set="digits")
    shown = page.dataframe[0].value
    assert list(shown["Network"]) == [row_label(card) for card in DIGITS]
    for column, values in {
        "Parameters": [card.num_params for card in DIGITS],
        "Multiply-adds": [card.macs for card in DIGITS],
        "Test accuracy": [card.test_accuracy for card in DIGITS],
        "Images per second": [round(card.images_per_second) for card in DIGITS],
        "Seconds per epoch": [round(card.seconds / card.epochs, 1) for card in DIGITS],
    }.items():
        assert shown[column].tolist() == values
    machines = {card.machine for card in DIGITS}
    if len(machines) == 1:
        assert any(f"All were trained on {describe_machine(machines.pop())}." in said.value for said in page.caption)
    else:
        assert shown["Machine"].tolist() == [describe_machine(card.machine) for card in DIGITS]


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_parameters_and_multiply_adds_of_a_card_are_the_tracers(card) -> None:
    facts = trace(
        build(card.architecture, card.options, card.input_shape, card.num_classes, device="meta"), card.input_shape
    )
    assert (facts.num_params, facts.macs) == (card.num_params, card.macs)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_the_accuracy_of_a_card_is_that_of_its_counts(card) -> None:
    entry = dataset(card.dataset)
    if not entry.multi_label:
        assert sum(map(sum, card.confusion)) == entry.num_test
        right = sum(row[index] for index, row in enumerate(card.confusion))
        assert right / entry.num_test == pytest.approx(card.test_accuracy)


def test_the_file_holds_the_same_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(results_csv([row_of_card(card) for card in DIGITS]))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["name"] for row in rows] == [card.name for card in DIGITS]
    assert [float(row["test_accuracy"]) for row in rows] == [card.test_accuracy for card in DIGITS]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language(language: str) -> None:
    app = _open(lang=language, question="batch-norm", set="digits")
    assert app.title[0].value == load("pages/results", language)("title")


def test_a_finished_run_of_the_reader_s_stands_below_the_networks_of_its_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    plan = RunPlan.parse(
        {
            "architecture": "lenet",
            "dataset": "digits",
            "limit": 64,
            "settings": {"epochs": 1, "batch_size": 32, "image_size": 28, "threads": 1},
        }
    )
    record = RunStore().create(plan, name="mine")
    assert train_run(record.folder, plan, CommandQueue(), limits())[0] == "finished"
    try:
        app = _open(set="digits", one=record.id)
        shown = app.dataframe[0].value
        assert list(shown["Network"])[:-1] == [row_label(card) for card in DIGITS]
        last, done = shown.iloc[-1], RunStore().find(record.id)
        assert last["Network"] == f"mine · {record.id[:4]} (your run), first 64 images"
        assert (last["Parameters"], last["Multiply-adds"]) == (61_706, 416_520)
        assert (last["Test accuracy"], last["Epochs"]) == (done.test_accuracy, 1)
        assert last["Seconds per epoch"] == round(done.seconds, 1)
        assert math.isnan(last["File (kB)"])
        assert plan.command() in [code.value for code in app.code]
        row = row_of_run(user_rows()[0], T)
        told = T("chart.guessing", count=1) in [caption.value for caption in app.caption]
        # guessing among ten classes: 0.1 + 1.96 · √(0.1 · 0.9 / 64) = 0.1735
        assert told == (not has_learned(row)) == (row.test_accuracy <= 0.1735)
        assert next(csv.DictReader(io.StringIO(results_csv([row]))))["bytes"] == ""
        assert list(_open(set="digits", question="batch-norm").dataframe[0].value["Network"]) == ["LeNet", "LeNet BN"]
    finally:
        run_queue.shared_queue().close()


def test_the_networks_of_a_question_stand_alone_in_the_table() -> None:
    assert list(_open(set="digits", question="batch-norm").dataframe[0].value["Network"]) == ["LeNet", "LeNet BN"]


def _pair(first: float, second: float):
    plain, other = (next(card for card in DIGITS if short_name(card) == name) for name in ("lenet", "lenet-bn"))
    return [replace(plain, test_accuracy=first), replace(other, test_accuracy=second)]


@pytest.mark.parametrize(
    ("second", "word"),
    [(0.99, "10.0 percentage points better"), (0.70, "19.0 percentage points worse"), (0.90, "decide nothing")],
)
def test_the_answer_follows_from_the_numbers(second: float, word: str) -> None:
    said = answer("batch-norm", _pair(0.89, second), 599, T)
    assert word in said
    assert "89%" in said
    assert "Batch normalization none / full" in said


def test_a_gap_hardly_beyond_chance_is_written_with_the_digits_that_show_it() -> None:
    said = answer("batch-norm", _pair(0.91, 0.9016), 9_800, T)  # 1.96 · √((0.91 · 0.09 + 0.9016 · 0.0984) / 9800)
    assert "0.84 percentage points worse, more than the ±0.82 points" in said


def test_one_network_against_all_others_is_counted() -> None:
    one = replace(DIGITS[0], name="googlenet-digits", architecture="googlenet", test_accuracy=0.5, num_params=1, macs=1)
    others = [card for card in DIGITS if short_name(card) != "googlenet"]
    cards = [*others, one]
    said = answer("googlenet", cards, 599, T)
    assert (
        f"Of the {len(others)} other networks here, {len(others)} are more accurate ({len(others)} of them by more"
        in said
    )
    assert "0 have fewer" in said
    assert networks_of("googlenet", cards)[0] is one


def test_networks_that_the_test_images_do_not_tell_apart_are_named() -> None:
    heads = [next(card for card in DIGITS if short_name(card) == name) for name in ("alexnet", "vgg", "nin")]
    cards = [replace(card, test_accuracy=share) for card, share in zip(heads, (0.97, 0.98, 0.90), strict=True)]
    said = answer("head", cards, 599, T)  # 1.96 · √((0.98 · 0.02 + 0.97 · 0.03) / 599) = 0.0177
    assert said.startswith("From the most accurate on: VGG 98%")
    assert "With 599 test images no different from VGG: AlexNet. Widths" in said
    assert "no different" not in answer("head", cards, 5_990, T)


def test_every_question_names_networks_that_the_recipes_make() -> None:
    import tomllib

    made = tomllib.loads((ROOT / "checkpoints" / "recipes.toml").read_text(encoding="utf-8"))
    for wanted in QUESTIONS.values():
        for name in wanted:
            assert name == "*" or f"{name}-digits" in made


def test_the_published_networks_have_the_counts_of_the_curriculum() -> None:
    found = {
        run.label: (published_figures.facts(run).num_params, published_figures.facts(run).macs) for run in PUBLISHED
    }
    assert found["LeNet"] == (61_706, 416_520)
    assert found["LeNet BN"][0] == 44_878
    assert found["VGG-11 96"] == (44_920_074, 1_399_955_456)
    assert [found[f"VGG-{depth} 224"][0] for depth in (11, 16, 19)] == [43_093_322, 43_436_986, 43_769_082]


def test_the_likest_network_that_there_is_stands_beside_a_published_one() -> None:
    run = next(run for run in PUBLISHED if run.label == "VGG-11 224")
    small, other = DIGITS[0], DIGITS[1]
    assert published_figures.counterpart(run, {"vgg": other, "vgg-small-224": small}) is small
    assert published_figures.counterpart(run, {"vgg": other}) is other
    assert published_figures.counterpart(run, {"lenet": other}) is None
    shown = published_figures.table(
        {short_name(card): card for card in CARDS if card.dataset == published_figures.DATASET}, T
    )
    assert list(shown["Network"]) == [*(run.label for run in PUBLISHED), "LeNet", "LeNet BN", "VGG"]


def test_what_differs_from_a_published_run_is_said_and_what_does_not_is_not() -> None:
    run = next(run for run in PUBLISHED if run.label == "LeNet")
    same = dict(differences.facts_of_published(run, 61_706))
    assert differences.differences(same, same) == {}
    card = next(card for card in DIGITS if short_name(card) == "lenet")
    found = differences.differences(same, differences.facts_of_card(card))
    assert found["learning_rate"] == (0.9, card.settings["learning_rate"])
    assert found["epochs"] == (10, card.epochs)
    assert "size" not in found
    assert not any(name.startswith("option.") for name in found)
    said = differences.describe(found, "lenet", T)
    assert "not stated / " in said
    assert "optimizer SGD / Adam" in said
    assert "optimizer sgd" not in said
    assert f"epochs 10 / {card.epochs}" in said


@pytest.mark.parametrize("measure", MEASURES)
def test_every_network_is_a_point_with_a_shape_and_a_name(measure: str) -> None:
    points = [*(point(row_of_card(card), T) for card in DIGITS), *published_figures.points()]
    figure = accuracy_chart(points, measure, T)
    assert sum(len(trace.x) for trace in figure.data) == len(points)
    drawn = {
        (name, x, y) for trace in figure.data for name, x, y in zip(trace.customdata, trace.x, trace.y, strict=True)
    }
    assert drawn == {(each.label, getattr(each, measure), each.accuracy) for each in points}
    looks = [(trace.marker.color, trace.marker.symbol) for trace in figure.data]
    assert len(set(looks)) == len(looks)
    assert figure.layout.xaxis.type == "log"
    assert len(figure.layout.xaxis.tickvals) >= 3
    assert figure.layout.yaxis.tickformat == PERCENT_MARK
    assert all(each.label in accuracy_summary(points, measure, T) for each in points)


def test_a_single_network_stands_on_axes_with_marks_and_below_all_of_the_images() -> None:
    layout = accuracy_chart([point(row_of_card(CHECKPOINTS["resnet-18-shapes"]), T)], "macs", T).layout
    left, right = layout.xaxis.range
    marks = layout.xaxis.tickvals
    assert len(marks) >= 3
    assert 10**left <= min(marks) <= max(marks) <= 10**right
    assert layout.yaxis.range[1] < 1.02
