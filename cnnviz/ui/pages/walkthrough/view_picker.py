"""The picker of the view below the maps: one at a time or none, and only that one is computed."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.pages.walkthrough.links import VIEW, VIEWS


def select_view(t: Text) -> str | None:
    """Return the view that the user has chosen, kept in the URL; None for none, as at first."""
    view: str | None = st.segmented_control(
        t("view.label"),
        VIEWS,
        default=url.value(VIEW),
        key=VIEW.name,
        format_func=lambda view: t(f"view.{view}"),
        wrap=True,
    )
    return url.keep(VIEW, view)
