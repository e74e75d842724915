"""The browser's history: one step for what the reader did, none for what a page wrote into its address by itself."""

from pathlib import Path

import streamlit as st

_listen = st.components.v2.component(
    "cnnviz_history", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"), isolate_styles=False
)


def install() -> None:
    """Has the browser tell the two apart from now on."""
    _listen(key="history")
