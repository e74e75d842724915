"""Two pages and a popover that is a fragment; with `CNNVIZ_GUARDED` late runs of the fragment are left out."""

import os
from time import sleep

import streamlit as st

if os.environ.get("CNNVIZ_GUARDED"):
    from cnnviz.ui.core import fragment_guard

    fragment_guard.install()


def first() -> None:
    st.title("first")
    st.page_link(pages[1], label="to the second")


def second() -> None:
    st.title("second")
    sleep(0.3)
    st.markdown("all of the second")


@st.fragment
def choices() -> None:
    st.popover("choices", key="choices", on_change="rerun").markdown("a choice")


pages = [st.Page(page, title=page.__name__) for page in (first, second)]
chosen = st.navigation(pages)
choices()
chosen.run()
