"""Prediction and truth side by side, the explanation, and one button to the instrument at that step."""

from __future__ import annotations

import plotly.graph_objects as go
import streamlit as st

from cnnviz.lessons.questions.forms import CurveForm, Response
from cnnviz.lessons.questions.record import Feedback, Question
from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.question_view.question_subject import QuestionSubject
from cnnviz.ui.inputs.question_view.response_words import describe_response, draw_grid


def draw_reveal(
    question: Question, subject: QuestionSubject, response: Response, sure: int, feedback: Feedback, t: Text, key: str
) -> None:
    """Draw what was predicted beside what is true, then which step went wrong and how the value comes about."""
    if isinstance(question.form, CurveForm):
        _draw_curves(question.form, response, question.right, t, key)
    else:
        with st.container(horizontal=True, gap="medium"):
            for name, value in (("predicted", response), ("true", question.right)):
                with st.container(width="content", gap=None):
                    if question.form.name == "fill":
                        draw_grid(t(name), value)
                    else:
                        st.caption(t(name))
                        st.markdown(f"#### {describe_response(question, value, t)}")
    mark = ":material/check_circle:" if feedback.right else ":material/cancel:"
    with st.container(key=f"{key}.verdict"):
        st.markdown(f"{mark} **{t('right' if feedback.right else 'wrong')}** · {t('sure.was', sure=t(f'sure.{sure}'))}")
        st.markdown(t.row(map(str, feedback.describe(t.language, escape_markdown))))
    link = feedback.link
    if link.page:
        shell.page_link(link.page, t("look_closer"), **subject.query(link))


def draw_solution(question: Question, t: Text) -> None:
    """Draw an item that is worked out: its right value and how it comes about."""
    if question.form.name == "fill":
        draw_grid(t("true"), question.right)
    elif not isinstance(question.form, CurveForm):
        st.markdown(f"#### {describe_response(question, question.right, t)}")
    st.markdown(question.because.describe(t.language, escape_markdown))


def _draw_curves(form: CurveForm, response: Response, right: Response, t: Text, key: str) -> None:
    figure = go.Figure()
    figure.add_scatter(x=form.x, y=response, name=t("predicted"), mode="lines+markers", line={"dash": "dash"})
    figure.add_scatter(x=form.x, y=right, name=t("true"), mode="lines+markers")
    figure.update_layout(
        height=280,
        margin={"t": 40, "r": 10, "b": 40, "l": 50},
        xaxis_title=form.x_label.describe(t.language),
        yaxis_title=form.y_label.describe(t.language),
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02},
    )
    st.plotly_chart(figure, key=f"{key}.curve", config={"displayModeBar": False})
