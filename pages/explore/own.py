"""One's own network: PyTorch text or a table of blocks, drawn at once and told where it breaks."""

import streamlit as st

from cnnviz.ui.core import shell
from cnnviz.ui.pages.own import page

t = shell.begin_page("own")
st.title(t("title"))
st.markdown(t("lead"))
with st.container(key="first-on-right"):  # on a phone the diagram comes before the code
    result, editor = st.columns([6, 5], gap="medium")
with editor:
    page.draw_editor(t)
shell.draw_link_warnings()
found = None
with result, st.container(key="own-result"), shell.guarded():
    found = page.draw_result(t)
if found is not None:
    with shell.guarded():
        page.draw_advice(found, t)
        page.draw_layers(found, t)
