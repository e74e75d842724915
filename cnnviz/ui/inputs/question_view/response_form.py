"""The form of a response: widgets for a number, a choice or an order, a grid to fill in, a curve to sketch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.lessons.progress import SURE
from cnnviz.lessons.questions.forms import ChoiceForm, CurveForm, FillForm, OrderForm, Response
from cnnviz.lessons.questions.record import Question
from cnnviz.text import Text
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value
from cnnviz.ui.core.markdown import escape_markdown

_STYLES = "inputs/question_view/response.css"
_fill = component("cnnviz_fill", "inputs/question_view/js/fill.js", _STYLES)
_sketch = component("cnnviz_sketch", "inputs/question_view/js/sketch.js", _STYLES)


@dataclass(frozen=True, slots=True)
class Committed:
    """A response and how sure the student is of it, one of `SURE`."""

    response: Response
    sure: int


def draw_form(question: Question, key: str, t: Text, cell: Response | None = None) -> Committed | None:
    """Draw the form of a question; return what was committed to in this run.

    `cell` is the cell that was clicked on the picture, for a question that asks for one.
    """
    drawn: Any = cell
    if isinstance(question.form, FillForm):
        drawn = _draw_fill(question.form, key, t)
    elif isinstance(question.form, CurveForm):
        drawn = _draw_sketch(question.form, key, t)
    elif question.form.name == "cell":
        st.markdown(t("picked", cell=t("cell", row=cell[0], column=cell[1])) if cell else t("pick"))
    with st.form(f"{key}.form", border=False, enter_to_submit=False):
        given = _draw_widget(question, key, t) if drawn is None else drawn
        sure = _draw_commit(key, t)
    if sure is None:
        return None
    if given is None or not question.form.is_legal(given):
        st.info(t(f"missing.{question.form.name}"), icon=":material/edit:")
        return None
    return Committed(given, sure)


def _draw_commit(key: str, t: Text) -> int | None:
    """Draw one button for each step of `SURE`; return the step of the one that was pressed."""
    with st.container(key=f"{key}.commit", gap="xsmall"):
        st.markdown(f"**{t('commit')}**")
        with st.container(horizontal=True, gap="small"):
            pressed = [st.form_submit_button(t(f"sure.{step}"), key=f"{key}.sure.{step}") for step in SURE]
    return next((step for step, chosen in zip(SURE, pressed, strict=True) if chosen), None)


def _draw_widget(question: Question, key: str, t: Text) -> Response | None:
    """Draw the widget of a form that Streamlit has one for."""
    form = question.form
    if form.name == "number":
        value = st.number_input(t("number"), value=None, step=None, format="%g", key=f"{key}.number")
        return None if value is None else int(value) if value == int(value) else value
    if isinstance(form, ChoiceForm):
        place = st.radio(
            t("choice"),
            range(len(form.entries)),
            index=None,
            key=f"{key}.choice",
            format_func=lambda place: form.entries[place].describe(t.language, escape_markdown),
        )
        return None if place is None else form.entries[place].value
    if isinstance(form, OrderForm):
        places = st.multiselect(
            t("order"),
            range(len(form.entries)),
            key=f"{key}.order",
            format_func=lambda place: form.entries[place].describe(t.language),
            placeholder=t("order_empty"),
        )
        return tuple(form.entries[place].value for place in places)
    return None


def _draw_fill(form: FillForm, key: str, t: Text) -> Response | None:
    """Draw the grid to fill in; return it once every cell has a number."""
    given = [list(line) for line in form.given]
    words = {name: t(name) for name in ("fill.label", "fill.cell", "fill.hint")}
    _fill(key=f"{key}.fill", data={"given": given, "words": words}, on_grid_change=lambda: None)
    cells = component_value(f"{key}.fill", "grid").get("cells")
    return _tuples(cells) if isinstance(cells, list) else None


def _draw_sketch(form: CurveForm, key: str, t: Text) -> Response | None:
    data = {
        "x": list(form.x),
        "low": form.low,
        "high": form.high,
        "fixed": [list(pair) for pair in form.fixed],
        "x_label": form.x_label.describe(t.language),
        "y_label": form.y_label.describe(t.language),
        "words": {name: t(name) for name in ("sketch.label", "sketch.point", "sketch.hint")},
    }
    _sketch(key=f"{key}.sketch", data=data, on_curve_change=lambda: None)
    heights = component_value(f"{key}.sketch", "curve").get("heights")
    return _tuples(heights) if isinstance(heights, list) else None


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
