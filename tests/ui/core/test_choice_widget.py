"""One choice out of a few, held in the URL."""

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from cnnviz.ui.core import url_state
    from cnnviz.ui.core.choice_widget import pick_one

    url_state.arrive("page", "here")
    names = ("max", "average", "none")[: st.session_state.get("many", 3)]
    found = pick_one("pool", "pooling", names, str.upper, default="average", pills=st.session_state.get("pills", False))
    st.write(f"{found} {url_state.wrong()}")


def _app(pills: bool, **query: str) -> AppTest:
    app = AppTest.from_function(_script)
    app.session_state["pills"] = pills
    for name, value in query.items():
        app.query_params[name] = value
    return app


@pytest.mark.parametrize("pills", [False, True])
def test_a_link_chooses_and_the_usual_choice_leaves_no_trace_in_it(pills: bool) -> None:
    app = _app(pills, pool="none").run()
    assert app.markdown[0].value == "none []"
    assert list(app.button_group[0].options) == ["MAX", "AVERAGE", "NONE"]
    app.button_group[0].set_value("average").run()
    assert app.markdown[0].value == "average []"
    assert "pool" not in app.query_params


def test_an_unknown_word_in_a_link_is_noted() -> None:
    app = _app(False, pool="mean").run()
    assert app.markdown[0].value == "average [('pool', 'mean')]"


def test_a_choice_that_is_offered_no_more_gives_way_to_the_usual_one() -> None:
    app = _app(False, pool="none").run()
    app.session_state["many"] = 2
    assert app.run().markdown[0].value == "average []"
