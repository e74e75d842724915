"""A response in words: a number, the label of a choice, a place, a grid, an order."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.lessons.questions.forms import ChoiceForm, Grid, OrderForm, Response
from cnnviz.lessons.questions.record import Question
from cnnviz.lessons.questions.sentence import number_text
from cnnviz.text import Text
from cnnviz.ui.core.markdown import escape_markdown

_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"
_CELL = "border:1px solid color-mix(in srgb, currentColor 35%, transparent);padding:0.2rem 0.5rem;text-align:right"


def describe_response(question: Question, response: Response, t: Text) -> str:
    """Return a response as Markdown; "" for a grid or a curve, which are drawn."""
    form = question.form
    if form.name == "number":
        return number_text(response)
    if form.name == "cell":
        return t("cell", row=response[0], column=response[1])
    if isinstance(form, ChoiceForm | OrderForm):
        labels = {entry.value: entry.describe(t.language, escape_markdown) for entry in form.entries}
        return labels[response] if isinstance(form, ChoiceForm) else " < ".join(labels[one] for one in response)
    return ""


def draw_grid(title: str, grid: Grid) -> None:
    """Draw a grid of numbers as a table that a screen reader reads; an empty cell is a question mark."""
    texts = [["?" if cell is None else number_text(cell) for cell in line] for line in grid]
    lines = ["".join(f'<td style="{_CELL}">{text}</td>' for text in line) for line in texts]
    rows = "".join(f"<tr>{line}</tr>" for line in lines)
    caption = f'<caption style="text-align:start;padding-bottom:0.3rem">{escape(title)}</caption>'
    st.html(f'<div style="overflow-x:auto"><table style="{_TABLE}">{caption}<tbody>{rows}</tbody></table></div>')
