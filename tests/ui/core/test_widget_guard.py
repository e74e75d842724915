"""Values that no widget sends: the widget has its default, nothing fails, and the log tells of each kind once."""

import json
import logging
from pathlib import Path

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime.state.session_state import WStates
from streamlit.testing.v1 import AppTest

from cnnviz.ui.core import widget_guard

ROOT = Path(__file__).parents[3]
WRONG = {
    "a text": {"string_value": "no such"},
    "a number": {"double_value": float("nan")},
    "a whole number": {"int_value": 2**63 - 1},
    "yes": {"bool_value": True},
    "bytes": {"bytes_value": b"\xff"},
    "a trigger": {"trigger_value": True},
    "deep JSON": {"json_value": "[" * 100_000},
    "no JSON": {"json_value": "{"},
    "JSON in JSON": {"json_value": json.dumps("")},
    "JSON of another shape": {"json_value": json.dumps([{"value": "\ud800"}] * 3)},
    "a JSON trigger": {"json_trigger_value": "[[[["},
    "texts": {"string_array_value": {"data": ["no", "such"]}},
    "numbers": {"double_array_value": {"data": [1e308, float("inf"), -1.0]}},
    "whole numbers": {"int_array_value": {"data": [1, -1]}},
}


@pytest.fixture(autouse=True)
def _guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("__getitem__", "set_widget_from_proto"):
        monkeypatch.setattr(WStates, name, getattr(WStates, name))  # put back afterwards
    widget_guard.install()
    widget_guard._log_once.cache_clear()


def page() -> None:
    import streamlit as st

    mounted = st.components.v2.component("guarded_by_test", js="export default () => {}")
    st.session_state["called"] = st.session_state.get("called", 0)

    def call() -> None:
        st.session_state["called"] += 1

    values = {
        "selectbox": st.selectbox("s", ["a", "b"], key="selectbox", on_change=call, format_func=str.upper),
        "multiselect": st.multiselect("m", ["a", "b"], ["a"], key="multiselect", on_change=call),
        "number": st.number_input("n", 0, 9, 3, key="number", on_change=call),
        "real": st.number_input("r", 0.0, 9.0, 3.0, key="real", on_change=call),
        "slider": st.slider("l", 0, 9, 3, key="slider", on_change=call),
        "toggle": st.toggle("t", key="toggle", on_change=call),
        "text": st.text_input("x", "y", key="text", on_change=call),
        "segments": st.segmented_control("g", ["a", "b"], default="a", key="segments", on_change=call),
        "button": st.button("b", key="button"),
        "component": dict(mounted(key="component", default={"value": 1}, on_value_change=call)),
    }
    st.session_state["values"] = {name: values[name] for name in values}


DEFAULTS = {
    "selectbox": "a",
    "multiselect": ["a"],
    "number": 3,
    "real": 3.0,
    "slider": 3,
    "toggle": False,
    "text": "y",
    "segments": "a",
    "button": False,
    "component": {"value": 1},
}
OWN = {
    "multiselect": ("texts",),
    "text": ("a text",),
    "toggle": ("yes",),
    "button": ("a trigger",),
    "component": ("no JSON",),
}
"""What a widget takes: of its type anything goes, and of several choices those that there are."""


@pytest.mark.parametrize("wrong", WRONG)
def test_a_widget_of_any_kind_has_its_default_where_a_client_sends_what_it_cannot_be(
    wrong: str, caplog: pytest.LogCaptureFixture
) -> None:
    app = AppTest.from_function(page).run()
    assert app.session_state["values"] == DEFAULTS
    known = app.session_state._state._state._new_widget_state
    ids = {name: next(one for one in known if one.endswith(f"-{name}")) for name in DEFAULTS}
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            states = WidgetStates(widgets=[WidgetState(id=one, **WRONG[wrong]) for one in ids.values()])
            app._run(states)
            assert not app.exception
    for name, value in app.session_state["values"].items():
        if wrong not in OWN.get(name, ()):
            assert value == DEFAULTS[name], name
    notes = [record for record in caplog.records if "forged" in record.message]
    assert len(notes) == len({record.message for record in notes})
    assert not any(record.exc_info for record in caplog.records)


def test_a_choice_that_is_none_is_the_default_before_the_widget_is_drawn_and_an_id_of_no_widget_is_nothing() -> None:
    app = AppTest.from_function(page).run()
    state = app.session_state._state._state
    known = next(one for one in state._new_widget_state if one.endswith("-selectbox"))
    sent = [
        WidgetState(id=known, string_value="x"),
        *(WidgetState(id=one, string_value="x") for one in ("", "values", "lang")),
    ]
    state.set_widgets_from_proto(WidgetStates(widgets=sent))
    assert state["selectbox"] == "a"
    assert state["values"] == DEFAULTS
    assert "lang" not in state.filtered_state


def test_a_browser_sends_whole_numbers_as_such() -> None:
    app = AppTest.from_function(page).run()
    known = app.session_state._state._state._new_widget_state
    number = next(one for one in known if one.endswith("-number"))
    app._run(WidgetStates(widgets=[WidgetState(id=number, int_value=5)]))
    assert app.session_state["values"]["number"] == 5


def test_what_a_widget_does_send_is_read_as_before() -> None:
    app = AppTest.from_function(page).run()
    app.selectbox(key="selectbox").set_value("b")
    app.multiselect(key="multiselect").set_value(["b"])
    app.number_input(key="number").set_value(5)
    app.number_input(key="real").set_value(0.5)
    app.slider(key="slider").set_value(7)
    app.toggle(key="toggle").set_value(True)
    app.text_input(key="text").set_value("z")
    app.run()
    changed = {
        "selectbox": "b",
        "multiselect": ["b"],
        "number": 5,
        "real": 0.5,
        "slider": 7,
        "toggle": True,
        "text": "z",
    }
    assert app.session_state["values"] == DEFAULTS | changed


def test_a_language_that_is_none_leaves_the_page_in_the_browsers() -> None:
    app = AppTest.from_file(ROOT / "cnnviz" / "ui" / "core" / "main.py", default_timeout=60).run()
    app.session_state["lang"] = "no such"
    app._run()
    assert not app.exception
    assert app.session_state["lang"] == "en"
