"""Where a trained network is wrong: from a count to its images, and from an image to the reason."""

import streamlit as st

from cnnviz.ui.core import shell
from cnnviz.ui.inputs import download_prompt

t = shell.begin_page("mistakes")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    from cnnviz.ui.inputs import evaluated_model
    from cnnviz.ui.pages.mistakes import page

    looked_at = evaluated_model.pick(t)
    if looked_at is None:
        st.info(t("pick.none"))
    elif download_prompt.present(looked_at.images):
        page.draw(looked_at, t)
    shell.draw_link_warnings()
