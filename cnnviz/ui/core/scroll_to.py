"""What answers a press of a button, brought into sight where it stands far from it on a long page."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_bring = st.components.v2.component(
    "cnnviz_scroll_to", js=(Path(__file__).parent / "scroll_to.js").read_text(encoding="utf-8"), isolate_styles=False
)


def request(name: str) -> None:
    """A button called `name` was pressed: its answer is to be brought into sight."""
    st.session_state[_key(name)] = st.session_state.get(_key(name), 0) + 1


def anchor(name: str) -> None:
    """Stands above the answer to `name`, in a container without gaps; brings it into sight once a press."""
    if presses := st.session_state.get(_key(name)):
        _bring(key=f"{_key(name)}.bring", data=f"{name}.{presses}")


def _key(name: str) -> str:
    return f"sight.{name}"
