"""The offer to download an image set that is not on this machine, with its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.limits import limits
from cnnviz.text import load
from cnnviz.ui.core.markdown import error_markdown
from cnnviz.ui.core.shell import guarded, language

if TYPE_CHECKING:
    from cnnviz.data import Dataset


def offer_download(images: Dataset) -> bool:
    """Return whether the set is on this machine; if not, draw its size and a button that downloads it."""
    if images.present(None):
        return True
    t = load("fetch", language())
    title, megabytes = images.describe("title", t.language), f"{images.download_bytes / 1e6:.0f}"
    st.info(t("absent", title=title, megabytes=megabytes), icon=":material/download:")
    try:
        limits().check_download(title, images.download_bytes)
    except UserError as error:
        st.caption(error_markdown(error, t.language))
        return False
    if st.button(t("button", title=title, megabytes=megabytes), key=f"fetch.{images.name}", icon=":material/download:"):
        _download(images)
    return False


def _download(images: Dataset) -> None:
    t = load("fetch", language())
    bar = st.progress(0.0)

    def tell(done: int, total: int) -> None:
        share = min(1.0, done / max(1, total))
        bar.progress(share, t("progress", done=f"{done / 1e6:.1f}", total=f"{total / 1e6:.1f}"))

    arrived = False
    with guarded():
        images.load("test", limit=1, progress=tell)
        arrived = True
    bar.empty()
    if arrived:
        st.rerun()
