"""A user's own file of weights: read once, held once, checked against the network that is shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from secrets import token_hex

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.limits import profile
from cnnviz.text import load
from cnnviz.text.printable import printable
from cnnviz.ui.core import browser_key
from cnnviz.ui.core.shell import language, plain
from cnnviz.ui.inputs.network import NetworkChoice, cached_trace, check_memory
from cnnviz.ui.inputs.weight_files import check_file, held_files, upload_limit
from cnnviz.ui.inputs.weight_info import Origin, origin_of_file
from cnnviz.ui.inputs.weights import FILE, Weights, read

_OWN = "weights.own"
_COUNT = "weights.own.count"
_OWNER = "weights.own.owner"
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class _Own:
    """The file that this session chose last, or that the link names."""

    weights: Weights
    error: UserError | None = None
    """Why it was not taken."""


def own_file(network: NetworkChoice) -> tuple[Weights, Origin]:
    """Return the weights of the user's file and what is known of them; untrained ones until there is a file.

    Raises:
        UserError: a file that is no safetensors file, is held no more, or whose tensors are not those of `network`; its
            header alone has been read.
    """
    t = load("weights", language())
    limit = upload_limit() // 1_000_000
    count = st.session_state.setdefault(_COUNT, 0)
    file = st.file_uploader(
        t("file.label", limit=limit), key=f"weights.upload.{count}", help=t("file.help"), max_upload_size=limit
    )
    if file is not None:
        st.session_state[_OWN] = _take(file.getvalue(), file.name)
        st.session_state[_COUNT] += 1  # another uploader, so that Streamlit lets go of its copy
        st.rerun()
    own: _Own = st.session_state.get(_OWN, _Own(Weights(FILE)))
    weights = _found(own.weights)
    if not own.weights.title:
        st.caption(t("file.waiting"))
        return Weights(), Origin()
    if weights is None:
        st.warning(t("file.gone", name=plain(own.weights.title)), icon=":material/upload_file:")
        return Weights(), Origin()
    if own.error is not None:
        raise own.error
    st.caption(t("file.held", name=plain(own.weights.title)))
    pairing = check_file(weights.name, weights.title, network).pairing
    said = pairing.say(t)
    if said:
        st.caption(plain(t.row(said)))
    check_memory(4 * cached_trace(network).num_params)
    return weights, origin_of_file(pairing.convention, network)


def reference() -> Weights:
    """Return the user's own file as a link names it: without a name until there is one."""
    own: _Own = st.session_state.get(_OWN, _Own(Weights(FILE)))
    return own.weights


def follow(text: str) -> None:
    """Take the file that a link names by `text`, unless this session has it already."""
    asked = read(text)
    if asked.name and not reference().name.startswith(asked.name):
        st.session_state[_OWN] = _Own(replace(asked, title=printable(asked.title)[:_LONGEST_TITLE]))


def _take(data: bytes, name: str) -> _Own:
    """Hold a file that is one of weights; of any other, keep no more than why it is none."""
    from cnnviz.zoo.safetensors_header import read_header

    title = printable(name)[:_LONGEST_TITLE] or "?"
    try:
        read_header(data, upload_limit())
    except UserError as error:
        return _Own(Weights(FILE, title=title), error)
    return _Own(Weights(FILE, held_files().put(data, _owner()), title=title))


def _found(weights: Weights) -> Weights | None:
    """Return the weights with the whole digest of their file; None where the file is not held for this user."""
    if len(weights.name) == 64 or not weights.name:
        return weights
    digest = held_files().find(weights.name, _owner())
    if digest is None:
        return None
    found = Weights(FILE, digest, title=weights.title)
    st.session_state[_OWN] = _Own(found)
    return found


def _owner() -> str:
    """Return who holds the files of this session: its user's key, which outlives a reload, or the session alone."""
    if profile() == "local":
        return ""
    return browser_key.key() or st.session_state.setdefault(_OWNER, token_hex(16))
