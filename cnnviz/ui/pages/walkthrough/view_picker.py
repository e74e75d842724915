"""What stands below the maps: one view at a time or none, and only that one is computed."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.core import url_state

VIEWS = ("parts", "kernels", "gallery", "growth")
_NONE = "value"
"""How older links name the value beside the maps alone, which always stands there."""


def select_view(t: Text) -> str | None:
    """Return the view that the user has chosen, kept in the URL; None for none, as at first."""
    none: str | None = None
    url_state.seed("view", none, url_state.one_of((None, *VIEWS), lambda view: view or _NONE))
    view: str | None = st.segmented_control(
        t("view.label"),
        VIEWS,
        default=url_state.held("view"),
        key="view",
        format_func=lambda view: t(f"view.{view}"),
        wrap=True,
    )
    return url_state.keep("view", view, None, lambda view: view or "")
