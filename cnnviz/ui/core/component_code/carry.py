"""A component's code as an element of its own, so that it travels once and not with every drawing.

Streamlit sends a component's JavaScript and styles in every message that draws it: on the Walkthrough 140 KB a step,
and the browser compiles them when the first numbers have come. A page that calls `carry` first sends the code in
elements of their own; a fragment's run does not send those again, and a run of the page only their hash. What is drawn
then has a few lines (`light.js`) that look the code up under the hash of its content, or wait for it, in whatever
order both come. The browser forgets nothing until its tab is loaded anew, which begins another session; another
release has another hash. A page that does not carry a component draws it as Streamlit does, code and all.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent
_STORE = (_HERE / "store.js").read_text(encoding="utf-8")
_CARRIED = "code.carried"
"""The hashes of the code that the page on the screen carries, in the session's state."""

_carrier = st.components.v2.component(
    "cnnviz_code", js=_STORE + (_HERE / "carrier.js").read_text(encoding="utf-8"), isolate_styles=False
)


class Component:
    """A component: called like one of `st.components.v2`, and carried by `carry`."""

    def __init__(self, name: str, js: str, css: str, html: str | None) -> None:
        content = json.dumps({"script": js, "styles": css}).encode()
        self.digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        """32 hexadecimal digits: what the browser keeps the code under."""
        self.blob = self.digest.encode() + content
        """What the carrier is sent: the digest in ASCII, then the code as JSON."""
        light = _STORE + (_HERE / "light.js").read_text(encoding="utf-8").replace("DIGEST", self.digest)
        self._whole = st.components.v2.component(name, js=js, css=css, html=html)
        self._light = st.components.v2.component(f"{name}_light", js=light, html=html)

    def __call__(self, **mounting: Any) -> Any:
        """Draw it; `key`, `data` and `on_<event>_change` as Streamlit has them."""
        carried = self.digest in st.session_state.get(_CARRIED, ())
        draw: Callable[..., Any] = self._light if carried else self._whole
        return draw(**mounting)


def component(name: str, *, js: str, css: str, html: str | None = None) -> Component:
    """A component with its styles in a shadow root; `js` is one ES module with a default export."""
    return Component(name, js, css, html)


def carry(*components: Component) -> None:
    """Send the code of `components` from here, for every drawing of theirs on this page."""
    for each in components:
        _carrier(key=f"code-{each.digest}", data=each.blob)
    st.session_state[_CARRIED] = tuple(each.digest for each in components)


def forget() -> None:
    """Begin a page: until it calls `carry`, components bring their own code."""
    st.session_state.pop(_CARRIED, None)
