"""Teaches untouched: a drawn digit on its way through LeNet, three ways on, the book's sections, the eight families."""

import streamlit as st

from cnnviz.facts import load_facts
from cnnviz.ui.components.figure import page_object
from cnnviz.ui.core import shell, url, warm_up
from cnnviz.ui.pages.home import page, page_links
from cnnviz.ui.pages.home.links import PAGE

t = shell.begin_page("home")
url.value(PAGE)
page.seed_drawing()
shell.draw_link_warnings()
st.title(t("title"))
st.markdown(t("lead", params=load_facts().num_params))
with page_object("reading", t, caption=page.network_title()):
    page.draw_reading(t)
    shell.wait_for_first_paint()
page_links.draw_page_links(t)
page.draw_index(t)
page.draw_families(t)
warm_up.begin()
