"""What answers a press of a button, brought into sight where it stands far from it on a long page."""

from __future__ import annotations

import streamlit as st

from cnnviz.ui.core.component_files import component

_scroll = component("cnnviz_scroll_to", "core/scroll_to.js")


def request(name: str) -> None:
    """A button called `name` was pressed: its answer is to be brought into sight."""
    st.session_state[_key(name)] = st.session_state.get(_key(name), 0) + 1


def anchor(name: str) -> None:
    """Stands above the answer to `name`, in a container without gaps; brings it into sight once a press."""
    if presses := st.session_state.get(_key(name)):
        _scroll(key=f"{_key(name)}.bring", data=f"{name}.{presses}")


def _key(name: str) -> str:
    return f"sight.{name}"
