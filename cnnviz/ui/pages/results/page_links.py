"""Links from a network of the table to other pages."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.pages.results.result_row import ResultRow


def draw_page_links(row: ResultRow, t: Text) -> None:
    """Draw links to the network's mistakes, to its walk, and to its architecture."""
    with st.container(horizontal=True):
        shell.page_link("mistakes", t("one.mistakes"), **row.model.source.to_url(row.model.weights))
        shell.page_link("walkthrough", t("one.walk"), **row.model.to_url(), image=row.dataset, n="0")
        shell.page_link("architectures", t("one.architecture"), **row.model.spec.to_url())
