"""Scroll a button's result into view, where the button stands far from it on a long page."""

from __future__ import annotations

import streamlit as st

from cnnviz.ui.core.component_files import component

_scroll = component("cnnviz_scroll_to", "core/scroll_to.js")


def request(name: str) -> None:
    """Ask for a scroll to the result of the button `name`, which was pressed."""
    st.session_state[_key(name)] = st.session_state.get(_key(name), 0) + 1


def anchor(name: str) -> None:
    """Mark the place of the result of `name`, in a container without gaps, and scroll there once for each request."""
    if presses := st.session_state.get(_key(name)):
        _scroll(key=f"{_key(name)}.bring", data=f"{name}.{presses}")


def _key(name: str) -> str:
    return f"sight.{name}"
