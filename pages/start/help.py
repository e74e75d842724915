"""The keys, the terms in three languages, and what the app is."""

import streamlit as st

from cnnviz.ui import help_page, shell

t = shell.page("help")
shell.link_notes()
st.title(t("title"))
st.markdown(t("lead"))
help_page.draw_terms(t)
help_page.draw_keys(t)
help_page.draw_about(t)
