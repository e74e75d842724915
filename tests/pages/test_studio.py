"""The training page starts real runs, follows them to their end, and refuses in sentences."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from cnnviz.runs.store import RunStore
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.studio import queue
from cnnviz.ui.studio.experiments import EXPERIMENTS

PAGE = Path(__file__).parents[2] / "pages" / "train" / "studio.py"
WAIT = 90.0
"""Seconds that a tiny run may take on a busy machine, the start of its process included."""


@pytest.fixture(autouse=True)
def _runs_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    yield
    queue.the_queue().close()
    st.cache_resource.clear()


def _open(**query: str) -> AppTest:
    app = AppTest.from_file(PAGE, default_timeout=60)
    for name, value in query.items():
        app.query_params[name.replace("set_", "set.")] = value
    if "lang" in query:
        app.session_state["lang"] = query["lang"]
    app.run()
    assert not app.exception
    return app


def _ended(app: AppTest) -> AppTest:
    until = time.monotonic() + WAIT
    while any(run.status in ("waiting", "starting", "running") for run in RunStore().runs()):
        assert time.monotonic() < until, RunStore().runs()
        time.sleep(0.2)
    app.run()
    assert not app.exception
    return app


TINY = {"limit": "64", "set_epochs": "2", "set_batch_size": "16"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_in_every_language(language: str) -> None:
    app = _open(lang=language)
    assert app.title[0].value == load("pages/studio", language)("title")
    assert not app.error


def test_the_recipe_of_the_course_stands_there_at_first() -> None:
    app = _open()
    values = {name: app.number_input(key=f"set.{name}").value for name in ("learning_rate", "batch_size", "epochs")}
    assert values == {"learning_rate": 0.9, "batch_size": 256, "epochs": 10}
    app.selectbox(key="net").set_value("resnet").run()
    assert app.number_input(key="set.learning_rate").value == 0.05


def test_a_run_starts_ends_and_leaves_its_curves() -> None:
    app = _open(**TINY)
    app.button(key="train").click().run()
    assert not app.exception
    assert not app.error
    app = _ended(app)
    (run,) = RunStore().runs()
    assert (run.status, run.step, run.epoch) == ("finished", 8, 2)
    assert run.id in app.query_params["run"]
    assert any(run.id[:4] in said.value for said in app.markdown)
    later = _open(run=run.id)  # left, and come back
    assert later.selectbox(key="run").value == run.id
    assert f"{run.test_accuracy:.1%}" in [metric.value for metric in later.metric]


def test_one_minibatch_then_it_rests_and_can_be_deleted() -> None:
    app = _open(**TINY)
    app.button(key="one").click().run()
    app = _ended(app)
    (run,) = RunStore().runs()
    assert (run.status, run.step) == ("paused", 1)
    app.button(key="delete").click().run()
    assert not app.exception
    assert RunStore().runs() == ()


@pytest.mark.parametrize(("setting", "value"), [
    ("learning_rate", 0.0), ("learning_rate", -1.0), ("learning_rate", 1e9), ("batch_size", 5000), ("epochs", 0)])
def test_what_cannot_be_trained_is_refused_in_a_sentence(setting: str, value: float) -> None:
    app = _open()
    app.number_input(key=f"set.{setting}").set_value(value).run()
    app.button(key="train").click().run()
    assert not app.exception
    assert len(app.error) == 1
    assert RunStore().runs() == ()


def test_a_hosted_server_starts_no_run_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    app = _open()
    assert app.button(key="train").disabled
    assert load("pages/studio")("hosted") in [warning.value for warning in app.warning]


@pytest.mark.parametrize("query", [{"run": "nonsense"}, {"run": "0" * 24}, {"also": "x"}, {"set_epochs": "-3"},
                                   {"experiment": "x"}])
def test_a_wrong_link_falls_back_with_a_note(query: dict[str, str]) -> None:
    app = _open(**query)
    assert app.warning
    assert not app.error


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_can_be_trained(name: str) -> None:
    from cnnviz.runs import Plan

    first, second = (Plan.read(form.plan()) for form in EXPERIMENTS[name].values())
    assert first.architecture == second.architecture
    assert (first.options, first.config) != (second.options, second.config)
    app = _open(experiment=name)
    assert not app.error
