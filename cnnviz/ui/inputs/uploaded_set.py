"""A reader's own image set on a page: a zip of image folders goes in, a name for menus and links comes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.limits import profile
from cnnviz.text import Text, load
from cnnviz.ui.core import url_state
from cnnviz.ui.core.markdown import plain
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.core.shell import guarded, language

if TYPE_CHECKING:
    from cnnviz.data import Dataset
    from cnnviz.data.image_note import ImageNote

FORGOTTEN_AFTER = 24 * 3600.0
"""Seconds after which a shared server lets go of a set that nobody looked at."""

MOST_BYTES = 500_000_000
"""Of all sets together that a shared server keeps."""

MOST_BYTES_EACH = 150_000_000
"""Of the sets that one session keeps on a shared server: two of the largest."""

_MINE = "own.mine"
_WHO = "own.who"
_NEW = "own.new"
_SAID = "own.said"


def own_sets() -> dict[str, Dataset]:
    """The sets that this reader may choose, the newest first: on one's own machine all that are kept, on a shared
    server those of this session."""
    from cnnviz.data.uploaded_files import mark_used, uploaded_names

    mine = st.session_state.get(_MINE, [])
    found = {}
    for name in uploaded_names():
        if profile() == "hosted":
            if name not in mine:
                continue
            mark_used(name)
        try:
            found[name] = _record(name)
        except UserError:  # damaged; whoever asks for it by its name is told
            continue
    return found


def choose_new(key: str) -> None:
    """Lets the menu with this key, which is drawn next, begin with the set that was just made."""
    name = st.session_state.pop(_NEW, None)
    if name is not None:
        url_state.put(key, name)


def offer(chosen: str) -> None:
    """The way to make a set of a zip, and to remove the one that is `chosen`."""
    t = load("own_set", language())
    with st.expander(t("title"), icon=":material/folder_zip:"):
        st.markdown(t("lead"))
        file = st.file_uploader(t("file.label"), type="zip", key="own.file", help=t("file.help"))
        size = _size(t)
        title = st.text_input(
            t("name.label"), key="own.title", max_chars=60, placeholder=file.name.removesuffix(".zip") if file else None
        )
        if st.button(t("make"), key="own.make", icon=":material/dataset:", disabled=file is None) and file is not None:
            _make(file.getvalue(), size, title or file.name.removesuffix(".zip"), t)
        said = st.session_state.pop(_SAID, None)
        if said:
            st.success(said)
        sets = own_sets()
        if chosen in sets:
            st.button(
                t("remove", title=plain(sets[chosen].title)),
                key="own.remove",
                icon=":material/delete:",
                on_click=_remove,
                args=(chosen,),
            )


def _size(t: Text) -> int:
    from cnnviz.data.uploaded_set import SIZES

    if "own.size" not in st.session_state:
        st.session_state["own.size"] = 32
    return (
        st.segmented_control(t("size.label"), SIZES, key="own.size", required=True, wrap=True, help=t("size.help"))
        or SIZES[0]
    )


def _make(data: bytes, size: int, title: str, t: Text) -> None:
    bar = st.progress(0.0)
    made = False
    with guarded():
        name, said = make(
            data,
            size,
            title,
            t,
            lambda done, count: bar.progress(done / count, t("progress", done=f"{done:,}", count=f"{count:,}")),
        )
        made = True
    bar.empty()
    if made:
        _record.clear()  # the same images may have come under another title
        st.session_state[_NEW], st.session_state[_SAID] = name, said
        st.rerun()


def make(data: bytes, size: int, title: str, t: Text, tell: Callable[[int, int], object]) -> tuple[str, str]:
    """Makes and keeps a set: its name, and what it holds, in a sentence.

    Raises:
        UserError: a zip that is none, or holds what it should not; a folder that cannot be written.
    """
    from cnnviz.data.uploaded_files import save_set
    from cnnviz.data.uploaded_set import make_uploaded_set

    own = make_uploaded_set(data, size, tell)
    name = save_set(own, title)
    _hold(name)
    said = [
        t(
            "made",
            train=f"{len(own.train):,}",
            test=f"{len(own.test):,}",
            count=len(own.classes),
            classes=t.listed(map(plain, own.classes)),
        ),
        *(_said_plainly(note, t.language) for note in own.notes),
    ]
    if own.duplicates:
        said.append(t("duplicates", count=own.duplicates))
    return name, t.row(said)


def _said_plainly(note: ImageNote, language: str) -> str:
    """Return the sentence of a note with the names of files and classes as plain text."""
    return replace(note, values={name: plain(str(value)) for name, value in note.values.items()}).describe(language)


def _hold(name: str) -> None:
    """Note that this session made a set, and let go of others where a shared server has no room for all."""
    from cnnviz.data.uploaded_files import delete_unused, make_room

    mine = [other for other in st.session_state.get(_MINE, []) if other != name]
    st.session_state[_MINE] = [*mine, name]
    if profile() != "hosted":
        return
    holders = _holders()
    holders.setdefault(name, set()).add(_who())
    for gone in (*delete_unused(FORGOTTEN_AFTER), *make_room(name, _owner, MOST_BYTES_EACH, MOST_BYTES)):
        holders.pop(gone, None)


def _owner(name: str) -> str:
    """Return the session that a set counts for; one that several hold, or none, counts for itself."""
    holders = _holders().get(name, set())
    return next(iter(holders)) if len(holders) == 1 else name


def _remove(name: str) -> None:
    from cnnviz.data.uploaded_files import delete_set

    with guarded():
        if not _held_by_others(name):
            delete_set(name)
        st.session_state[_MINE] = [other for other in st.session_state.get(_MINE, []) if other != name]
        url_state.put("data", "digits")


def _held_by_others(name: str) -> bool:
    """Whether another session of a shared server made the same set of the same images; from now on not this one."""
    if profile() != "hosted":
        return False
    holders = _holders().get(name, set())
    holders.discard(_who())
    if not holders:
        _holders().pop(name, None)
    return bool(holders)


def _who() -> str:
    return st.session_state.setdefault(_WHO, token_hex(8))


@server_state
def _holders() -> dict[str, set[str]]:
    """The sessions of a shared server that made each set; a set that nobody looked at is forgotten anyway."""
    return {}


@st.cache_resource(max_entries=64, show_spinner=False)
def _record(name: str) -> Dataset:
    from cnnviz.data import dataset

    return dataset(name)
