"""Links to other pages: four ways on, and LeNet's walk through the drawing."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from cnnviz.facts import load_facts
from cnnviz.text import Text
from cnnviz.ui.components.pad.pad_view import DRAWN, STROKES
from cnnviz.ui.core import shell, url_state

NETWORK = "lenet"
"""The network that reads the drawing."""


def draw_page_links(t: Text) -> None:
    """Draw four ways on, each with what it takes; the lessons come first."""
    wrong, count = load_facts().mistakes
    with st.container(key="doors"):
        columns = st.columns(4)
    for name, column in zip(("learn", "walk", "train", "err"), columns, strict=True):
        with column.container(border=True, height="stretch"):
            st.markdown(f"#### {t(f'doors.{name}.title')}")
            st.markdown(t(f"doors.{name}.text", wrong=wrong, count=count) if name == "err" else t(f"doors.{name}.text"))
            label = t(f"doors.{name}.open")
            if name == "learn":
                shell.page_button("lessons", label)
            elif name == "walk":
                shell.page_link("walkthrough", label, **walk_query(), layer="conv1")
            else:
                shell.page_link({"train": "studio", "err": "mistakes"}[name], label)


def walk_query() -> dict[str, str]:
    """Return the state of the Walkthrough in which LeNet reads this drawing; without one it has a digit of its own."""
    text = st.session_state.get(STROKES.name, "")
    return {"net": NETWORK} | ({"image": DRAWN, STROKES.name: text} if text else {})


def layer_href(layer: str) -> str:
    """Return the address of the Walkthrough at a layer, for a link that the browser follows by itself."""
    shared = {name: st.query_params[name] for name in url_state.OF_APP if name in st.query_params}
    return f"walkthrough?{urlencode({**walk_query(), 'layer': layer, **shared})}"
