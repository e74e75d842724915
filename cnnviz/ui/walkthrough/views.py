"""What stands below the maps: one view at a time, and only that one is computed."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import address

VIEWS = ("value", "parts", "kernels", "gallery", "growth")


def pick_view(t: Text) -> str:
    """The view that the reader has chosen, kept in the URL."""
    address.seed("view", VIEWS[0], address.one_of(VIEWS))
    if st.session_state["view"] not in VIEWS:
        st.session_state["view"] = VIEWS[0]
    chosen = st.segmented_control(
        t("view.label"),
        VIEWS,
        key="view",
        default=address.held("view"),
        required=True,
        wrap=True,
        label_visibility="collapsed",
        format_func=lambda view: t(f"view.{view}"),
    )
    return address.keep("view", chosen, VIEWS[0])
