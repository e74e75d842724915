"""Widgets of declared parameters: one choice out of a few, and a value that a link cannot name."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from cnnviz.options import Choice
    from cnnviz.ui.core import url, url_state
    from cnnviz.ui.core.url import Param

    url_state.arrive("page", "here")
    names = ("max", "average", "none")[: st.session_state.get("many", 3)]
    pool = Param("pool", Choice(names), "average")
    found = url.select(pool, "pooling", str.upper, style=st.session_state.get("style", "menu"))
    st.write(f"{found} {url_state.wrong()}")


def _app(style: str, **query: str) -> AppTest:
    app = AppTest.from_function(_script)
    app.session_state["style"] = style
    for name, value in query.items():
        app.query_params[name] = value
    return app


@pytest.mark.parametrize("style", ["menu", "segments", "pills"])
def test_a_link_chooses_and_the_usual_choice_leaves_no_trace_in_it(style: str) -> None:
    app = _app(style, pool="none").run()
    assert app.markdown[0].value == "none []"
    widget = app.selectbox[0] if style == "menu" else app.button_group[0]
    assert list(widget.options) == ["MAX", "AVERAGE", "NONE"]
    widget.set_value("average").run()
    assert app.markdown[0].value == "average []"
    assert "pool" not in app.query_params


def test_an_unknown_word_in_a_link_is_noted() -> None:
    app = _app("segments", pool="mean").run()
    assert app.markdown[0].value == "average [('pool', 'mean')]"


def test_a_choice_that_is_offered_no_more_gives_way_to_the_usual_one() -> None:
    app = _app("segments", pool="none").run()
    app.session_state["many"] = 2
    assert app.run().markdown[0].value == "average []"


def test_a_choice_that_a_client_does_not_send_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "segmented_control", lambda *words, **settings: None)
    assert _app("segments", pool="none").run().markdown[0].value == "none []"
