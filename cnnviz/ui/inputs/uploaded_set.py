"""The upload of a user's own image set as a zip of image folders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.limits import profile
from cnnviz.text import Text, load
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.core.shell import guarded, language
from cnnviz.ui.core.url import Param

if TYPE_CHECKING:
    from cnnviz.data import Dataset
    from cnnviz.data.image_note import ImageNote

KEPT_SECONDS = 24 * 3600.0
"""Seconds after which a shared server removes a set that nobody visits."""

LARGEST_TOTAL_BYTES = 500_000_000
"""Of all sets together that a shared server keeps."""

LARGEST_SESSION_BYTES = 150_000_000
"""Of the sets that one session keeps on a shared server: two of the largest."""

_SESSION_SETS = "own.mine"
_SESSION_ID = "own.who"
_NEW_SET = "own.new"
_SUMMARY = "own.said"


def uploaded_sets() -> dict[str, Dataset]:
    """Return the sets that the user may select, the newest first.

    On one's own machine these are all that are stored, on a shared server those of this session.
    """
    from cnnviz.data.uploaded_files import mark_used, uploaded_names

    mine = st.session_state.get(_SESSION_SETS, [])
    found = {}
    for name in uploaded_names():
        if profile() == "hosted":
            if name not in mine:
                continue
            mark_used(name)
        try:
            found[name] = _cached_dataset(name)
        except UserError:  # damaged; whoever asks for it by its name is told
            continue
    return found


def select_new_set(param: Param[str]) -> None:
    """Let the menu of this parameter, which is drawn next, begin with the set that was just stored."""
    name = st.session_state.pop(_NEW_SET, None)
    if name is not None:
        url.put(param, name)


def draw_uploader(param: Param[str], chosen: str) -> None:
    """Draw the upload of a zip, and a button that removes the set `chosen` of the menu with this parameter."""
    t = load("own_set", language())
    with st.expander(t("title"), icon=":material/folder_zip:"):
        st.markdown(t("lead"))
        file = st.file_uploader(t("file.label"), type="zip", key="own.file", help=t("file.help"))
        size = _size(t)
        title = st.text_input(
            t("name.label"), key="own.title", max_chars=60, placeholder=file.name.removesuffix(".zip") if file else None
        )
        if st.button(t("make"), key="own.make", icon=":material/dataset:", disabled=file is None) and file is not None:
            _store_with_progress(file.getvalue(), size, title or file.name.removesuffix(".zip"), t)
        said = st.session_state.pop(_SUMMARY, None)
        if said:
            st.success(said)
        sets = uploaded_sets()
        if chosen in sets:
            st.button(
                t("remove", title=escape_markdown(sets[chosen].title)),
                key="own.remove",
                icon=":material/delete:",
                on_click=_remove,
                args=(param, chosen),
            )


def _size(t: Text) -> int:
    from cnnviz.data.uploaded_set import SIZES

    if "own.size" not in st.session_state:
        st.session_state["own.size"] = 32
    return (
        st.segmented_control(t("size.label"), SIZES, key="own.size", required=True, wrap=True, help=t("size.help"))
        or SIZES[0]
    )


def _store_with_progress(data: bytes, size: int, title: str, t: Text) -> None:
    bar = st.progress(0.0)
    made = False
    with guarded():
        name, said = store_set(
            data,
            size,
            title,
            t,
            lambda done, count: bar.progress(done / count, t("progress", done=f"{done:,}", count=f"{count:,}")),
        )
        made = True
    bar.empty()
    if made:
        _cached_dataset.clear()  # the same images may have come under another title
        st.session_state[_NEW_SET], st.session_state[_SUMMARY] = name, said
        st.rerun()


def store_set(data: bytes, size: int, title: str, t: Text, tell: Callable[[int, int], object]) -> tuple[str, str]:
    """Store the set of a zip; return its name, and its contents in a sentence.

    Raises:
        UserError: a zip that is none, or holds what it should not; a folder that cannot be written.
    """
    from cnnviz.data.uploaded_files import save_set
    from cnnviz.data.uploaded_set import make_uploaded_set

    own = make_uploaded_set(data, size, tell)
    name = save_set(own, title)
    _record_owner(name)
    said = [
        t(
            "made",
            train=f"{len(own.train):,}",
            test=f"{len(own.test):,}",
            count=len(own.classes),
            classes=t.listed(map(escape_markdown, own.classes)),
        ),
        *(_escaped_note(note, t.language) for note in own.notes),
    ]
    if own.duplicates:
        said.append(t("duplicates", count=own.duplicates))
    return name, t.row(said)


def _escaped_note(note: ImageNote, language: str) -> str:
    """Return the sentence of a note with the names of files and classes escaped."""
    return replace(note, values={name: escape_markdown(str(value)) for name, value in note.values.items()}).describe(
        language
    )


def _record_owner(name: str) -> None:
    """Record this session as an owner of a set, and remove others where a shared server has no room for all."""
    from cnnviz.data.uploaded_files import delete_unused, make_room

    mine = [other for other in st.session_state.get(_SESSION_SETS, []) if other != name]
    st.session_state[_SESSION_SETS] = [*mine, name]
    if profile() != "hosted":
        return
    holders = _owners()
    holders.setdefault(name, set()).add(_session_id())
    for gone in (*delete_unused(KEPT_SECONDS), *make_room(name, _owner, LARGEST_SESSION_BYTES, LARGEST_TOTAL_BYTES)):
        holders.pop(gone, None)


def _owner(name: str) -> str:
    """Return the session that a set counts for; one that several hold, or none, counts for itself."""
    holders = _owners().get(name, set())
    return next(iter(holders)) if len(holders) == 1 else name


def _remove(param: Param[str], name: str) -> None:
    from cnnviz.data.uploaded_files import delete_set

    with guarded():
        if not _has_other_owners(name):
            delete_set(name)
        st.session_state[_SESSION_SETS] = [other for other in st.session_state.get(_SESSION_SETS, []) if other != name]
        url.put(param, param.default)


def _has_other_owners(name: str) -> bool:
    """Remove this session from the owners of a set; return whether a shared server has others."""
    if profile() != "hosted":
        return False
    holders = _owners().get(name, set())
    holders.discard(_session_id())
    if not holders:
        _owners().pop(name, None)
    return bool(holders)


def _session_id() -> str:
    return st.session_state.setdefault(_SESSION_ID, token_hex(8))


@server_state
def _owners() -> dict[str, set[str]]:
    """Return the sessions of a shared server that own each set; a set that nobody visits is removed anyway."""
    return {}


@st.cache_resource(max_entries=64, show_spinner=False)
def _cached_dataset(name: str) -> Dataset:
    from cnnviz.data import dataset

    return dataset(name)
