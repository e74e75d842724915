"""Present mode: one object of the page fills the window, scaled with its height; keys go on and leave.

    with present.stage("maps", "page"):
        canvas(...)

A page wraps each thing that can be shown by itself in a stage; that is all it says of present mode. The style sheet
`shell.css` hides everything else, `present.js` holds the keys, and a chart drawn by `components.chart` is a stage.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value
from cnnviz.ui.core.qr_code import LONGEST_QR, qr_code
from cnnviz.ui.core.url import Name, Param

FIRST = "1"
PRESENT = Param("present", Name("`1` or the name of an object of the page", r"[a-z0-9_-]*", 60), "")
"""Nothing outside present mode; else the object that is shown, `1` for the first one."""
KEY = "present-mode"
_WORDS = ("leave", "previous", "next", "qr", "of", "keys")
_LONGEST_LINK = 4000

Steps = Literal["objects", "page", "drawing"]
"""Where the keys right and left lead: to the next object of the page, to the page's next step, or to the next step of
the drawing, such as the next window of a convolution."""

_present = component("cnnviz_present", "core/present.js")


def stage(name: str, steps: Steps = "objects", **settings: Any) -> Any:
    """Return a container for one object of present mode; outside it, it is a container like any other.

    Args:
        name: of the object, in the page's link; unique on the page, in small letters, digits, `-` and `_`.
        steps: where the keys right and left lead.
        settings: of Streamlit's container.
    """
    return st.container(key=f"stage-{steps}-{name}", **settings)


def start() -> None:
    """Present the first object from the next run on."""
    url.put(PRESENT, FIRST)


def draw(title: str, t: Text) -> None:
    """Draw what the browser needs for present mode; the body of a fragment, so that a step costs no run of the page.

    Args:
        title: of the page.
        t: the words of the shell.
    """
    before = url.value(PRESENT)
    told = component_value(KEY, "state")
    serial = told.get("serial") if isinstance(told.get("serial"), int) else 0
    link = told.get("link")
    qr = ""
    if isinstance(link, str) and len(link) <= LONGEST_QR and urlsplit(link).scheme in ("http", "https"):
        qr = qr_code(link)
    data = {
        "at": before,
        "serial": serial,
        "title": title,
        "words": {word: t(f"present.{word}") for word in _WORDS} | {"long": t("share.long"), "alt": t("share.qr")},
        "qr": {"link": link if isinstance(link, str) and len(link) <= _LONGEST_LINK else "", "code": qr},
    }
    _present(key=KEY, data=data, on_state_change=_take)
    url.keep(PRESENT, url.value(PRESENT))
    if st.session_state.pop(_TOGGLED, False):
        st.rerun()  # the page: answers are covered in present mode


_TOGGLED = "present.toggled"


def _take() -> None:
    """Take the object that the browser shows."""
    at = component_value(KEY, "state").get("at")
    before = st.session_state.get(PRESENT.name, "")
    if not isinstance(at, str) or at not in PRESENT or at == before:
        return
    url.put(PRESENT, at)
    st.session_state[_TOGGLED] = bool(at) != bool(before)
