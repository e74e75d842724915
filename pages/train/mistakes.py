"""Where a trained network is wrong: from a count to its images, and from an image to the reason."""

import streamlit as st

from cnnviz.data import dataset
from cnnviz.ui.core import shell
from cnnviz.ui.inputs import download_prompt
from cnnviz.ui.inputs.tested_model_picker import select_tested_model
from cnnviz.ui.pages.mistakes import page

t = shell.begin_page("mistakes")
st.title(t("title"))
st.markdown(t("lead"))

with shell.guarded():
    picker, numbers = st.columns([2, 3], gap="medium")
    with picker:
        model = select_tested_model(t)
    if model is None:
        st.info(t("pick.none"))
    elif download_prompt.offer_download(dataset(model.info.dataset)):
        page.draw(model, numbers, t)
    shell.draw_link_warnings()
