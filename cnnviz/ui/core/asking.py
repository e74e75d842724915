"""Answers that stand covered until the user asks for them: `&ask=1` on any page, and present mode.

    if asking.reveal("prediction", (model, image)):
        st.markdown(sentence)

What is covered is not drawn at all, so that no screen reader, search or source of the page tells it early.
"""

from __future__ import annotations

import hashlib

import streamlit as st

from cnnviz.options.kinds import Flag
from cnnviz.text import load
from cnnviz.ui.core import url
from cnnviz.ui.core.language import language
from cnnviz.ui.core.present import PRESENT
from cnnviz.ui.core.url import Param

ASK = Param("ask", Flag(), False)


def is_asking() -> bool:
    """Return whether answers stand covered."""
    return url.value(ASK) or bool(url.value(PRESENT))


def is_covered(name: str, subject: object) -> bool:
    """Return whether the answer `name` to this very `subject` still stands covered; draws nothing."""
    return is_asking() and st.session_state.get(_key(name)) != _digest(subject)


def uncover(name: str, subject: object) -> None:
    """Show the answer `name` until the subject is another: for a callback."""
    st.session_state[_key(name)] = _digest(subject)


def reveal(name: str, subject: object) -> bool:
    """Return whether the answer `name` may be drawn; where it stands covered, draw the button that shows it.

    Args:
        name: unique on the page.
        subject: what the answer is about, told by its `repr`; another one is covered anew.
    """
    if not is_covered(name, subject):
        return True
    st.button(
        load("shell", language())("ask.show"),
        icon=":material/visibility:",
        key=f"reveal-{name}",
        on_click=uncover,
        args=(name, subject),
    )
    return False


def _key(name: str) -> str:
    return f"uncovered.{name}"


def _digest(subject: object) -> str:
    return hashlib.blake2b(repr(subject).encode("utf-8", "replace"), digest_size=8).hexdigest()
