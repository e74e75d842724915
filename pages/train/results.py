"""The course's table with this project's own numbers, and published figures beside them."""

import streamlit as st

from cnnviz.checkpoints import CHECKPOINTS, MEASURED
from cnnviz.ui.core import shell
from cnnviz.ui.pages.results import page, published_figures

t = shell.begin_page("results")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    if not CHECKPOINTS:
        st.info(t("empty"))
    else:
        name = page.select_dataset(t)
        rows = page.select_rows(name, t)
        shell.draw_link_warnings()
        page.draw_charts(rows, name, t)
        st.header(t("table.title"))
        page.draw_table(rows, name, t)
        st.header(t("one.title"))
        page.draw_one(rows, t)
        if name == published_figures.DATASET:
            st.header(t("beside.title"))
            st.markdown(t("beside.lead"))
            published_figures.draw((*CHECKPOINTS.values(), *MEASURED.values()), t)
