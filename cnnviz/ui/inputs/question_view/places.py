"""Containers of a question in the order in which it is read: words, picture, response; two columns on a wide window."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

_TEXT_WIDTH = 640
"""Pixels that a question without a picture takes."""


@dataclass(frozen=True, slots=True)
class QuestionPlaces:
    """The containers of a question, in the order in which it is read."""

    question: DeltaGenerator
    picture: DeltaGenerator
    response: DeltaGenerator


def draw_places(key: str, pictured: bool) -> QuestionPlaces:
    """Draw the empty containers; with a picture they stand in the grid of `shell.css`."""
    name = "question" if pictured else "question-alone"
    with st.container(key=name, width="stretch" if pictured else _TEXT_WIDTH):
        return QuestionPlaces(
            st.container(key=f"{key}.question"),
            st.container(key="question-picture"),
            st.container(key="question-response"),
        )
