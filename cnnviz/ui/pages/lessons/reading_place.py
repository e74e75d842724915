"""Keyboard focus and a screen reader's voice go along: to each new question, and to what came of a response."""

from __future__ import annotations

import streamlit as st

from cnnviz.ui.core.component_files import component

_STATE = "lessons.reading_place"
_follow = component("cnnviz_reading_place", "pages/lessons/reading_place.js")


def put(screen: str, newest: str = "", said: str = "") -> None:
    """Set the screen of this run and the newest part of it, by the keys of their containers.

    The browser brings the focus to the question of a new screen, or to a new part, and says `said` once.
    """
    st.session_state[_STATE] = {"screen": screen, "newest": newest, "said": said}


def mount() -> None:
    """Tell the browser what was drawn in this run; on a screen without a question the focus stays."""
    place = st.session_state.pop(_STATE, {"screen": "", "newest": "", "said": ""})
    _follow(key=_STATE, data=place)
