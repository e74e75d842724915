"""The progress of this session, which the user's browser keeps; nothing of it stays on the server."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.lessons.progress import LARGEST_TEXT, Progress
from cnnviz.text import Text
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.failure import draw_failure

STATE = "lessons.progress"
"""The key of the progress in the session."""
_LOADED = "lessons.loaded"
_KEY = "lessons.store"

_store = component("cnnviz_progress", "pages/lessons/progress_store.js")


def current() -> Progress:
    """Return the progress of this session."""
    progress: Progress = st.session_state.get(STATE, Progress())
    return progress


def put(progress: Progress) -> None:
    """Set the progress of this session; the browser is told in the same run."""
    st.session_state[STATE] = progress


def mount() -> None:
    """Read the progress from the browser once, and let it keep every later one."""
    text = current().format() if st.session_state.get(_LOADED) else None
    _store(key=_KEY, data={"text": text}, on_stored_change=_take)


def _take() -> None:
    stored: Any = (st.session_state.get(_KEY) or {}).get("stored")
    if st.session_state.get(_LOADED) or not isinstance(stored, str):
        return
    st.session_state[_LOADED] = True
    try:
        kept = Progress.parse(stored) if stored else Progress()
    except UserError:  # of another version, or written by somebody else
        return
    put(kept.merged(current()))


def draw_file(t: Text) -> None:
    """Draw the file that takes the progress along, and the way to bring it back."""
    with st.popover(t("file.title"), icon=":material/save:"):
        st.caption(t("file.text"))
        st.download_button(
            t("file.save"), current().format(), "cnnviz-progress.json", "application/json", key="progress.save"
        )
        came = st.file_uploader(t("file.load"), type="json", key="progress.load")
    if came is None or st.session_state.get("progress.taken") == came.file_id:
        return
    st.session_state["progress.taken"] = came.file_id
    try:
        put(Progress.parse(came.getvalue()[: 4 * LARGEST_TEXT].decode("utf-8", "replace")))
    except UserError as error:
        draw_failure(error)
        return
    st.rerun()
