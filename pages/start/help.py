"""The keys, the terms in three languages, and what the app is."""

import streamlit as st

from cnnviz.ui.core import shell
from cnnviz.ui.pages.help import page

t = shell.begin_page("help")
shell.draw_link_warnings()
st.title(t("title"))
st.markdown(t("lead"))
explained, app = st.columns([7, 5], gap="large")
with explained:
    page.draw_terms(t)
with app:
    page.draw_keys(t)
    page.draw_about(t)
    page.draw_server(t)
