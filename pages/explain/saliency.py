"""Which pixels mattered, by several methods side by side, and how far each can be trusted."""

import streamlit as st

from cnnviz.ui import shell
from cnnviz.ui.saliency import page

t = shell.page("saliency")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    page.draw(t)
page.more(t)
shell.link_notes()
