"""The key of the user's browser: random and kept there, so that on a shared server a run has an owner.

    browser_key.key()         the key, "" on the user's own machine and until the browser has sent it
    browser_key.ip_address()  where the connection comes from, as far as it is known
    browser_key.request()     asks the browser for the key; the shell does so on every page of a shared server

The key stands in the browser's storage and in the server's memory of the session, never in a link; the folder of a run
holds only its digest.
"""

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
    """Return the key: "" on the user's own machine, and on a shared server until the browser has sent it."""
    return st.session_state.get(KEY, "")


def ip_address() -> str | None:
    """Return where the user's connection comes from; None where that is this machine, or unknown."""
    return st.context.ip_address if runtime.exists() else None


def request() -> None:
    """Ask the browser for its key where runs have owners; the page runs once more when the answer comes.

    Raises:
        UserError: `run_profile`.
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
