"""Covered answers: not on the page until their button is pressed, and covered anew for another question."""

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from cnnviz.ui.core import asking, present, toolbar, url_state

    url_state.arrive("app", "app")
    toolbar.take_settings()
    image = st.number_input("image", 0, 9, key="image")
    if asking.reveal("prediction", ("lenet", image)):
        st.markdown(f"It is a {image}.")
    st.markdown(f"presents {st.session_state[present.PRESENT.name]}")


def _app(**query: str) -> AppTest:
    app = AppTest.from_function(_script)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def _answers(app: AppTest) -> list[str]:
    return [element.value for element in app.markdown if element.value.startswith("It is")]


def test_an_answer_stands_on_the_page_as_long_as_nobody_asks() -> None:
    app = _app()
    assert _answers(app) == ["It is a 0."]
    assert not app.button


@pytest.mark.parametrize("query", [{"ask": "1"}, {"present": "1"}, {"present": "maps"}, {"projector": "1"}])
def test_a_covered_answer_is_not_on_the_page_until_its_button_is_pressed(query: dict[str, str]) -> None:
    app = _app(**query)
    assert _answers(app) == []
    app.button(key="reveal-prediction").click().run()
    assert _answers(app) == ["It is a 0."]
    assert not app.button


def test_another_question_is_covered_anew() -> None:
    app = _app(ask="1")
    app.button(key="reveal-prediction").click().run()
    app.number_input[0].set_value(4).run()
    assert _answers(app) == []
    app.number_input[0].set_value(0).run()
    assert _answers(app) == ["It is a 0."]


def test_links_to_the_projector_open_present_mode() -> None:
    app = _app(projector="1")
    assert "presents 1" in [element.value for element in app.markdown]
    assert "projector" not in app.query_params
