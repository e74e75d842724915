"""Where the slider of the training page leads."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.pages.studio.step_slider import saved_steps_of, slider_end, step_at_or_before


@pytest.mark.parametrize(("asked", "step"), [(0, 0), (1, 0), (4, 4), (7, 4), (8, 8), (500, 8)])
def test_the_slider_leads_to_the_last_saved_step_before_it(asked: int, step: int) -> None:
    assert step_at_or_before((0, 4, 8), asked) == step


def test_before_the_first_saved_step_it_leads_there() -> None:
    assert step_at_or_before((40, 80), 10) == 40


def _script() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from cnnviz.text import load
    from cnnviz.ui.core import url_state
    from cnnviz.ui.pages.studio import step_slider

    url_state.arrive("page", "studio")
    record = SimpleNamespace(id="a", steps=100, status=st.session_state["status"])
    st.text(step_slider.select_step(record, st.session_state["saved"], load("pages/studio", "en")))


def _slider(status: str, saved: tuple[int, ...], **query: str) -> AppTest:
    app = AppTest.from_function(_script)
    app.session_state["status"], app.session_state["saved"] = status, saved
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _now(app: AppTest) -> tuple[int, int, int]:
    """What the slider reads, where it ends, and the step that the page shows."""
    assert not app.exception
    return app.slider[0].value, app.slider[0].max, int(app.text[0].value)


def test_of_a_run_that_rests_the_slider_reads_the_step_that_is_shown() -> None:
    app = _slider("cancelled", (0, 4, 8, 20))
    assert _now(app) == (20, 20, 20)
    app.slider[0].set_value(7).run()
    assert _now(app) == (4, 20, 4)
    assert app.query_params["at"] == "4"
    for to in (8, 20):  # the arrow key moves on by one
        app.slider[0].set_value(app.slider[0].value + 1).run()
        assert _now(app) == (to, 20, to)
    assert _now(_slider("cancelled", (0, 4, 8, 20), at="11")) == (8, 20, 8)
    first = _slider("cancelled", (0,))
    assert not first.slider
    assert first.text[0].value == "0"


def test_while_a_run_goes_on_the_slider_ends_where_it_has_come_and_its_end_is_the_latest_step() -> None:
    app = _slider("running", (0, 4))
    assert "the latest so far" in app.slider[0].label
    assert _now(app) == (4, 4, 4)
    app.session_state["saved"] = (0, 4, 8, 12)
    assert _now(app.run()) == (10, 10, 12)
    app.session_state["saved"] = (0, 4, 8, 12, 16)
    assert _now(app.run()) == (10, 10, 16)
    app.session_state["status"] = "paused"
    assert _now(app.run()) == (16, 16, 16)
    app.session_state["status"] = "running"
    assert _now(app.run()) == (10, 10, 16)
    app.slider[0].set_value(9).run()
    assert _now(app) == (8, 10, 8)
    app.session_state["saved"] = (0, 4, 8, 12, 16, 20, 24)
    assert _now(app.run()) == (8, 20, 8)  # who looks back stays there
    app.session_state["status"] = "finished"
    assert _now(app.run()) == (8, 24, 8)


def test_the_slider_never_reaches_beyond_the_step_reached_and_its_end_moves_seldom() -> None:
    ends = [slider_end(step, 2350) for step in range(2351)]
    assert all(end <= step for step, end in enumerate(ends))
    assert all(step - end < 235 for step, end in enumerate(ends))
    assert len(set(ends)) < 25


@pytest.mark.parametrize(
    ("status", "steps"), [("paused", (0, 2, 3)), ("finished", (0, 2, 3)), ("running", (0, 2)), ("failed", (0, 2))]
)
def test_where_a_run_rests_its_last_step_can_be_looked_at(tmp_path: Path, status: str, steps: tuple[int, ...]) -> None:
    (tmp_path / "saved").mkdir()
    for step in (0, 2):
        (tmp_path / "saved" / f"{step}.safetensors").touch()
    assert saved_steps_of(SimpleNamespace(folder=tmp_path, status=status, step=3)) == steps
