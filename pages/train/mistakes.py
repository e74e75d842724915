"""Where a trained network is wrong: from a count to its images, and from an image to the reason."""

import streamlit as st

from cnnviz.ui import fetch, shell

t = shell.page("mistakes")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    from cnnviz.ui.mistakes import page, subject

    looked_at = subject.pick(t)
    if looked_at is None:
        st.info(t("pick.none"))
    elif fetch.present(looked_at.images):
        page.draw(looked_at, t)
    shell.link_notes()
