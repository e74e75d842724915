"""The component that asks the browser for the visitor's key."""

import re

import streamlit as st
from streamlit import runtime

from cnnviz.runs.limits import profile
from cnnviz.ui.core.component_files import component

KEY = "browser.key"
_ASK = "browser.ask"
_SHAPE = re.compile(r"[0-9a-f]{32}")

_ask = component("cnnviz_browser_key", "core/browser_key.js")


def key() -> str:
    """The visitor's key: "" on one's own machine, and on a shared server until the browser has told it."""
    return st.session_state.get(KEY, "")


def ip_address() -> str | None:
    """Return where the user's connection comes from; None where that is this machine, or unknown."""
    return st.context.ip_address if runtime.exists() else None


def request() -> None:
    """Asks the browser for its key where runs have owners; the page runs once more when the answer comes.

    Raises:
        UserError: `option_choice`.
    """
    if profile() != "hosted" or key():
        return
    told = _ask(key=_ASK, on_key_change=_store_key).key
    if told:
        _store_key()


def _store_key() -> None:
    told = (st.session_state.get(_ASK) or {}).get("key")
    if isinstance(told, str) and _SHAPE.fullmatch(told):
        st.session_state[KEY] = told
