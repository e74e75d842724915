"""The card of the recorded experiment says what its numbers say, in every language, and needs no torch."""

import subprocess
import sys
from dataclasses import replace
from math import log
from pathlib import Path

import pytest

from cnnviz.facts.recorded_experiment import RecordedExperiment, RecordedRun, load_recording
from cnnviz.text import LANGUAGES, load
from cnnviz.text.numbers import percent
from cnnviz.ui.pages.studio.example_answer import describe_answer, epochs_to_half, ranking_of, times_to_half, verdict
from cnnviz.ui.pages.studio.example_view import describe_curves

ROOT = Path(__file__).parents[4]
T = load("pages/studio")


def _recording(**right: tuple[tuple[int, ...], ...]) -> RecordedExperiment:
    """Four tests in two epochs on 100 images of 10 classes, with these counts of each setting's seeds."""
    runs = tuple(
        RecordedRun(setting, seed, counts, (2.3,) * 4)
        for setting, seeds in right.items()
        for seed, counts in enumerate(seeds)
    )
    return replace(load_recording(), steps=(0, 5, 10, 20), steps_per_epoch=10, num_test=100, num_classes=10, runs=runs)


QUICK, SLOW, NEVER = (10, 60, 80, 90), (10, 20, 55, 88), (10, 10, 12, 10)


def test_the_time_to_half_is_that_of_the_first_test_with_half_of_the_images() -> None:
    recording = _recording(relu=(QUICK, SLOW, NEVER), sigmoid=(NEVER, NEVER, NEVER))
    assert [epochs_to_half(recording, run) for run in recording.runs_of("relu")] == [0.5, 1.0, None]
    assert times_to_half(recording, "relu") == ()  # not from every seed
    assert times_to_half(_recording(relu=(QUICK, SLOW)), "relu") == (0.5, 1.0)


@pytest.mark.parametrize(
    ("relu", "sigmoid", "said"),
    [
        ((QUICK, QUICK), (SLOW, SLOW), "yes"),
        ((QUICK, SLOW), (NEVER, NEVER), "yes"),
        ((SLOW, SLOW), (QUICK, QUICK), "no"),
        ((NEVER, NEVER), (SLOW, SLOW), "no"),
        ((QUICK, SLOW), (QUICK, SLOW), "unclear"),
        ((NEVER, NEVER), (NEVER, NEVER), "unclear"),
    ],
)
def test_the_verdict_asks_every_seed(
    relu: tuple[tuple[int, ...], ...], sigmoid: tuple[tuple[int, ...], ...], said: str
) -> None:
    assert verdict(_recording(sigmoid=sigmoid, relu=relu)) == said


def test_every_number_of_the_answer_is_computed() -> None:
    recording = _recording(sigmoid=(NEVER, NEVER), tanh=(SLOW, SLOW), relu=(QUICK, SLOW))
    said = describe_answer(recording, T)
    assert said.startswith(T("example.unclear") if verdict(recording) == "unclear" else T("example.yes"))
    assert "ReLU, η 0.1: 0.8 (0.5 to 1.0); tanh, η 0.1: 1.0 (1.0 to 1.0); sigmoid, η 0.9: not within 2" in said
    # relu 90 and 88 %, tanh 88 and 88: 1.96 · √(0.89 · 0.11 / 100 + 0.88 · 0.12 / 100) = 0.0884
    assert "seeds of one setting lie up to 2.0 apart" in said
    assert "±8.8" in said
    assert f"2.30, close to ln 10 = {log(10):.2f}" in said


def test_of_more_than_two_that_learn_the_largest_uncertainty_is_told() -> None:
    said = describe_answer(_recording(sigmoid=(SLOW, SLOW), tanh=(SLOW, SLOW), relu=(QUICK, SLOW)), T)
    assert "Seeds of one setting lie up to 2.0 percentage points apart" in said
    assert "close to ln" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recorded_answer_names_what_did_not_learn(language: str) -> None:
    t, recording = load("pages/studio", language), load_recording()
    said = describe_answer(recording, t)
    assert said.startswith(t("example.yes"))
    ranking = ranking_of(recording, t)
    assert [setting.name for setting in ranking.failed] == [t("experiment.activation.sigmoid")]
    for setting in (ranking.best, *(gap.setting for gap in ranking.behind), *ranking.failed):
        assert percent(setting.mean) in said


def test_the_picture_ends_with_the_accuracies_of_the_answer() -> None:
    picture, recording = describe_curves(load_recording(), T), load_recording()
    ends = {one["name"]: one["mean"][-1] for one in picture["settings"]}
    for setting in (ranking_of(recording, T).best, *ranking_of(recording, T).failed):
        assert ends[setting.name] == pytest.approx(setting.mean)
        assert f"{setting.name} {percent(setting.mean)}" in picture["alt"]
    assert len({one["symbol"] for one in picture["settings"]}) == len(picture["settings"])
    assert picture["guess"]["share"] == 0.1


FIRST_SCREEN = """
import sys
from streamlit.testing.v1 import AppTest
from cnnviz.errors import UserError
from cnnviz.text import load
from cnnviz.ui.core import warm_up
from cnnviz.ui.core.menu import PAGES
class Loading:
    def is_alive(self): return True
    def join(self): raise UserError("weights_gone")  # so that nothing after the wait is drawn
warm_up.begin = Loading
app = AppTest.from_file(sys.argv[1], default_timeout=60).run().switch_page(str(PAGES["studio"].path)).run()
t = load("pages/studio")
assert not app.exception, app.exception
assert [header.value for header in app.header] == [t("example.question")]
assert any(line.value.startswith(t("example.yes")) for line in app.markdown)
assert "train" not in [button.key for button in app.button]
print(sorted(set(sys.modules) & {"torch", "torchvision", "captum", "sklearn"}))
"""


def test_the_first_screen_is_there_while_pytorch_is_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    command = [sys.executable, "-c", FIRST_SCREEN, str(ROOT / "cnnviz" / "ui" / "core" / "main.py")]
    said = tmp_path / "said"
    with said.open("w") as file:  # no pipe: the process that runs are forked from outlives the script and keeps it open
        done = subprocess.run(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, timeout=120, check=False)
    assert done.returncode == 0, said.read_text()
    assert "[]" in said.read_text().splitlines()
