"""The state of a page in its URL, as names and numbers that mean the same in every language.

Streamlit's own binding (`bind="query-params"`) writes the words a widget shows, so a link made by a Chinese reader
would carry Chinese words and mean nothing to an English one. Here the URL holds `net=lenet&lang=zh-Hant`. A value is
taken from the URL when the reader arrives (a link, another page, the back button); after that the widgets lead and the
URL follows. What a link says in so many words stays in it, defaults too: a page that tidied the address it was opened
with would add a step of its own to the browser's history.
"""

from collections.abc import Callable, Container, Mapping
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

T = TypeVar("T")

OF_APP = ("lang", "present", "ask", "projector")
"""Names that every page shares."""

_WRITTEN = "address.written"
_PLACES = "address.places"
_PENDING = "address.pending"
_WRONG = "address.wrong"
_SCOPE = "address.scope"
_LEFT_OUT = "address.left_out"


def arrive(scope: str, place: str) -> None:
    """Begin a run: the URL leads for the widgets of `scope` ("app" or "page") where the user just came to `place`."""
    context = get_script_run_ctx(suppress_warning=True)
    places: dict[str, str] = st.session_state.setdefault(_PLACES, {})
    steps_back = getattr(context, "is_history_navigation", False)
    if steps_back:
        _leave_out(scope)
    if places.get(scope) != place or steps_back:
        places[scope] = place
        st.session_state.setdefault(_PENDING, set()).update(st.query_params)
        st.session_state.setdefault(_WRONG, {})[scope] = []
    st.session_state[_SCOPE] = scope


def seed(name: str, default: T, read: Callable[[str], T], legal: Container[T] | None = None) -> T:
    """Put the value that the widget with key `name` starts this run with into its session state, and return it.

    `read` turns the text of the URL into a value and raises ValueError where it is none: the default is taken and the
    name noted for `wrong()`. A value of the session that is not `legal` gives way too.
    """
    written: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    text = arriving(name)
    if text is not None:
        try:
            st.session_state[name] = read(text)
        except ValueError:
            note_wrong(name, text)
            del st.query_params[name]
    known = legal is None or st.session_state.get(name) in legal
    if name not in st.session_state or not known:  # a widget's value may have come from a client of somebody's own
        st.session_state[name] = _stored(written, name, default, read)
    return st.session_state[name]


def arriving(name: str) -> str | None:
    """Return the text that a fresh link gives for `name`; None once it was taken, or where the link does not
    name it."""
    pending: set[str] = st.session_state.get(_PENDING, set())
    if name not in pending:
        return None
    pending.discard(name)
    return st.query_params.get(name)


def comes(*names: str) -> bool:
    """Return whether a fresh link names one of `names` whose text was not taken yet."""
    pending: set[str] = st.session_state.get(_PENDING, set())
    return any(name in pending for name in names)


def expected(name: str) -> str | None:
    """Return the text of the value that the widget `name` will have, before it is drawn; None where none is known."""
    if comes(name):
        return st.query_params.get(name)
    if name in st.session_state:
        return str(st.session_state[name])
    written: dict[str, str] = st.session_state.get(_WRITTEN, {})
    return written.get(name)


def left_out(name: str) -> bool:
    """Return whether the user went back to an address that does not name `name`, which was named since; true once."""
    left: set[str] = st.session_state.get(_LEFT_OUT, set())
    known = name in left
    left.discard(name)
    return known


def forget(*names: str) -> None:
    """Let widgets that are drawn later in this run, or in the next one, start from their defaults."""
    written: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    for name in names:
        written.pop(name, None)
        if name in st.session_state:
            del st.session_state[name]


def hide(*names: str) -> None:
    """Take `names` out of the URL and out of what is kept across pages: something else stands for their values."""
    written: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    for name in names:
        written.pop(name, None)
        if name in st.query_params:
            del st.query_params[name]


def keep(name: str, value: T, default: T, write: Callable[[T], str] = str) -> T:
    """Write `value` into the URL, or nothing where it is the default or `write` gives nothing; return it."""
    text = write(value)
    st.session_state.setdefault(_WRITTEN, {})[name] = text
    said = st.query_params.get(name)
    if value != default and text:
        if said != text:
            st.query_params[name] = text
    elif said is not None and (said != text or value != default):
        del st.query_params[name]
    return value


def put(name: str, value: Any, write: Callable[[Any], str] = str) -> None:
    """Set the value of a widget that is drawn later in this run or in the next one."""
    st.session_state[name] = value
    st.session_state.setdefault(_WRITTEN, {})[name] = write(value)


def follow(query: Mapping[str, str]) -> None:
    """Bring this page into the state `query`, as a link from elsewhere would: for a widget's callback.

    Everything else of the page begins anew; what belongs to the whole app stays.
    """
    names = [name for name in st.session_state.setdefault(_WRITTEN, {}) if name not in OF_APP]
    hide(*names)
    forget(*names)
    st.query_params.update(query)
    st.session_state.setdefault(_PENDING, set()).update(query)


def wrong() -> list[tuple[str, str]]:
    """Return the names and texts of the link that could not be used since the user came to this page."""
    return [pair for pairs in st.session_state.get(_WRONG, {}).values() for pair in pairs]


def note_wrong(name: str, text: str) -> None:
    """Record a text of the link that cannot be used."""
    wrong_of: dict[str, list[tuple[str, str]]] = st.session_state.setdefault(_WRONG, {})
    wrong_of.setdefault(st.session_state.get(_SCOPE, "page"), []).append((name[:40], text[:60]))


def _leave_out(scope: str) -> None:
    """Let everything that the address of an earlier step does not name begin from its default again."""
    written: dict[str, str] = st.session_state.setdefault(_WRITTEN, {})
    gone = [
        name
        for name, text in written.items()  # what no address can tell stays
        if text and (name in OF_APP) == (scope == "app") and name not in st.query_params
    ]
    forget(*gone)
    st.session_state[_LEFT_OUT] = {*st.session_state.get(_LEFT_OUT, set()), *gone}


def _stored(written: dict[str, str], name: str, default: T, read: Callable[[str], T]) -> T:
    """Return the value that the widget had when it was last drawn: Streamlit forgets the widgets of a page that is
    left."""
    try:
        return read(written[name])
    except (KeyError, ValueError):
        return default
