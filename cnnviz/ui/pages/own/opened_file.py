"""A file of one's own network: Python text, or safetensors with its structure; everything else is refused."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from cnnviz import definitions
from cnnviz.definitions import NetworkDefinition
from cnnviz.definitions.onnx_form.onnx_process import convert_onnx
from cnnviz.definitions.weights_form import definition_in
from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.inputs import own_network
from cnnviz.ui.inputs.uploaded_weights import upload_limit
from cnnviz.ui.pages.own import own_session
from cnnviz.zoo.safetensors_header import read_header

TEXTS = (".py", ".txt")
ONNX = ".onnx"
LONGEST_TEXT_FILE = 200_000
"""Bytes; the text itself is bounded where it is read."""
EXPORT = "python -m cnnviz export file.py:Net --input 1,28,28 --out net.safetensors"
_COUNT, _REFUSED = "own.file.count", "own.file.refused"


def draw_opener(t: Text) -> None:
    """Draw the button behind which a file is opened."""
    limit = upload_limit() // 1_000_000
    count = st.session_state.setdefault(_COUNT, 0)
    with st.popover(t("file.open"), icon=":material/upload_file:"):
        st.markdown(t("file.lead"))
        st.code(EXPORT, language="bash", wrap_lines=True)
        with st.expander(t("file.notebook")):
            st.code(notebook_cell(), language="python", height=240)
        file = st.file_uploader(t("file.label"), key=f"own.file.{count}", max_upload_size=limit)
        st.caption(t("file.weights"))
    if file is not None:
        try:
            data = file.getvalue()
            if file.name.lower().endswith(ONNX):
                with st.spinner(t("file.onnx")):
                    data = convert_onnx(data)
            _take(network_in(data, file.name), data)
            st.session_state.pop(_REFUSED, None)
        except UserError as error:
            st.session_state[_REFUSED] = error
        st.session_state[_COUNT] += 1  # another uploader, so that Streamlit lets go of its copy
        st.rerun()


@cache
def notebook_cell() -> str:
    """Return the cell that writes such a file in a notebook, without this project."""
    return (Path(definitions.__file__).parent / "notebook_cell.py").read_text(encoding="utf-8").split('"""\n\n', 1)[1]


def draw_refusal() -> None:
    """Draw why the file that was opened last is refused; once something is changed it is no longer told."""
    refused: UserError | None = st.session_state.get(_REFUSED)
    if refused is not None:
        draw_failure(refused)


def forget_refusal() -> None:
    """Let the reason go, because the user went on."""
    st.session_state.pop(_REFUSED, None)


def network_in(data: bytes, name: str) -> str | NetworkDefinition:
    """Return the text of a Python file, or the network of a safetensors file; nothing of a file is run.

    Raises:
        UserError: a file of another format, with the way out, one without a network, or no text.
    """
    if name.lower().endswith(TEXTS) and len(data) <= LONGEST_TEXT_FILE:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError("own_file_text") from error
    read_header(data, upload_limit())
    return definition_in(data)


def _take(found: str | NetworkDefinition, data: bytes) -> None:
    if isinstance(found, str):
        own_session.take_text(found)
    else:
        own_network.open_weights(data)
        own_session.take_definition(found)
