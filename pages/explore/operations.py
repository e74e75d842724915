"""Every operation of the course on numbers that the reader chooses."""

import streamlit as st

from cnnviz.ui.core import shell
from cnnviz.ui.core.component_files import preload
from cnnviz.ui.pages.operations import page
from cnnviz.ui.pages.operations.component import board_component

t = shell.begin_page("operations")
top = st.container(gap=None)  # what is fetched ahead takes no room
top.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    with top:
        preload(board_component)
    tab = page.select_tab(t)
    words = page.tab_text(tab, t)
    st.header(words("title"))
    st.markdown(words("lead"))
    usual = page.select_preset(tab, t, words)
    stage = st.container()
    with st.expander(t("settings"), expanded=True):
        held = page.draw_settings(tab, usual, t)
    shell.draw_link_warnings()
    with stage:
        board = page.compute_board(tab, held, usual, t)
        page.draw_grids(tab, board, held, usual, t)
    page.draw_formulas(tab, board, t)
