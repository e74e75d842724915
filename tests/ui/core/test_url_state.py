"""The URL leads when the reader arrives, the widgets lead afterwards."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from cnnviz.options import Whole
    from cnnviz.ui.core import url, url_state
    from cnnviz.ui.core.url import Param

    url_state.arrive("page", st.session_state.get("place", "here"))
    url.number(Param("size", Whole(1, 64), 28), "size")
    url.number(Param("depth", Whole(1, 9), 1), "depth")
    st.session_state.setdefault("painting", "a" * 9)
    url_state.keep("painting", url_state.seed("painting", "", str), "", lambda held: held if len(held) < 9 else "")
    st.button("follow", on_click=url_state.follow, args=({"size": "48"},))
    st.write(str(url_state.wrong()))


def _app(**query: str) -> AppTest:
    app = AppTest.from_function(_script)
    for name, value in query.items():
        app.query_params[name] = value
    return app


def test_a_link_sets_the_widget() -> None:
    app = _app(size="32").run()
    assert app.number_input[0].value == 32
    assert app.query_params["size"] == "32"


def test_a_wrong_value_in_a_link_falls_back_and_is_noted() -> None:
    for text in ("0", "65", "many", "3.5", "٣", "1" * 40, "<script>"):
        app = _app(size=text).run()
        assert app.number_input[0].value == 28
        assert "size" in app.markdown[0].value
        assert "size" not in app.query_params


def test_after_arriving_the_widget_leads_and_the_link_follows() -> None:
    app = _app(size="32").run()
    app.number_input[0].set_value(40).run()
    assert app.query_params["size"] == "40"
    app.query_params["size"] = "32"  # an old address that the browser had not yet replaced
    app.run()
    assert app.number_input[0].value == 40


def test_the_default_stays_out_of_the_link() -> None:
    app = _app(size="32").run()
    app.number_input[0].set_value(28).run()
    assert "size" not in app.query_params


def test_a_default_that_the_link_names_stays_in_it() -> None:
    app = _app(size="28").run()
    assert app.query_params["size"] == "28"
    app.number_input[0].set_value(40).run().number_input[0].set_value(28).run()
    assert "size" not in app.query_params


def test_an_address_gone_back_to_brings_the_defaults_that_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    app = _app(size="32").run()
    app.number_input[1].set_value(5).run()
    del app.query_params["depth"]
    monkeypatch.setattr(
        "cnnviz.ui.core.url_state.get_script_run_ctx", lambda **_: SimpleNamespace(is_history_navigation=True)
    )
    app.run()
    assert [widget.value for widget in app.number_input] == [32, 1]
    assert app.session_state["painting"] == "a" * 9  # too long for any address
    assert "painting" not in app.query_params


def test_a_setting_survives_a_change_of_page() -> None:
    app = _app(size="32").run()
    app.session_state["place"] = "elsewhere"
    del app.query_params["size"]
    app.run()
    assert app.number_input[0].value == 32


def test_a_new_link_leads_again() -> None:
    app = _app(size="32").run()
    app.session_state["place"] = "elsewhere"
    app.query_params["size"] = "48"
    app.run()
    assert app.number_input[0].value == 48


def test_a_followed_question_leads_like_a_link_and_everything_else_begins_anew() -> None:
    app = _app(size="32", depth="5").run()
    app.query_params["lang"] = "zh-Hans"
    app.button[0].click().run()
    assert [widget.value for widget in app.number_input] == [48, 1]
    assert (app.query_params["size"], app.query_params["lang"]) == ("48", "zh-Hans")
    assert "depth" not in app.query_params
