"""The language of the user."""

from typing import Any

import streamlit as st

from cnnviz.text import LANGUAGES, match_language


def language() -> str:
    """Return the user's language: their choice, or the one nearest to their browser's."""
    chosen: Any = st.session_state.get("lang")
    return chosen if chosen in LANGUAGES else match_language(st.context.locale)
