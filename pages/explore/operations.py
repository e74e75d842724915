"""Every operation of the course on numbers that the reader chooses."""

import streamlit as st

from cnnviz.ui import shell
from cnnviz.ui.code import carry

t = shell.page("operations")
top = st.container(gap=None)  # the carrier takes no room
top.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    from cnnviz.ui.bench import view
    from cnnviz.ui.bench.component import board_component

    with top:
        carry(board_component)
    tab = view.pick_tab(t)
    words = view.words_of(tab, t)
    st.header(words("title"))
    st.markdown(words("lead"))
    usual = view.pick_preset(tab, t, words)
    stage = st.container()
    with st.expander(t("settings"), expanded=True):
        held = view.settings(tab, usual, t)
    shell.link_notes()
    with stage:
        board = view.board_of(tab, held, usual, t)
        view.show_board(tab, board, held, usual, t)
    view.show_rest(tab, board, t)
