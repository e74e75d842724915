"""What stands below the maps: one view at a time, and only that one is computed."""

from __future__ import annotations

from cnnviz.text import Text
from cnnviz.ui.core.choice_widget import pick_one

VIEWS = ("value", "parts", "kernels", "gallery", "growth")


def select_view(t: Text) -> str:
    """The view that the reader has chosen, kept in the URL."""
    return pick_one(
        "view", t("view.label"), VIEWS, lambda view: t(f"view.{view}"), held=True, label_visibility="collapsed"
    )
