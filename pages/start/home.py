"""Teaches untouched: a drawn digit on its way through LeNet, three ways on, the book's sections, the eight families."""

import streamlit as st

from cnnviz.facts import facts
from cnnviz.ui import address, home, shell, warm_up

t = shell.page("home")
address.seed("page", "", address.one_of([""]))
home.take_drawing()
shell.link_notes()
st.title(t("title"))
st.markdown(t("lead", params=facts().num_params))
home.draw_reading(t)
shell.let_paint()
home.draw_doors(t)
home.draw_index(t)
home.draw_families(t)
warm_up.begin()
