"""An image of the user's own: drawn, photographed or from a file; kept for the session."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.components.pad.pad_view import STROKES, draw_pad
from cnnviz.ui.core import url
from cnnviz.ui.core.shell import guarded, language

if TYPE_CHECKING:
    from torch import Tensor

UPLOAD, CAMERA = "upload", "camera"
_IMAGE = "upload.image"
"""Where the session keeps the file's or the camera's image."""
_PAD_WIDTH = 200
"""Pixels of the pad beside the menu of images."""


def uploaded_image() -> Tensor:
    """Return the file's or the camera's image uint8 (C, H, W), once `draw_uploader` has given its digest."""
    image: Tensor = st.session_state[_IMAGE]
    return image


def draw_drawing_pad() -> str:
    """Draw the pad, and return the strokes of the user's drawing; "" until there is one."""
    url.value(STROKES)
    with st.container(width=_PAD_WIDTH):
        draw_pad(key="pad.image", language=language(), live=False)
    return url.keep(STROKES, st.session_state[STROKES.name])


def draw_uploader(source: str, t: Text) -> str:
    """Draw the uploader or the camera; return the digest of the image; "" until there is one."""
    if source == CAMERA:
        file = st.camera_input(t("camera.label"), key=CAMERA, help=t("upload.help"), on_change=_drop_image)
    else:
        file = st.file_uploader(t("upload.label"), key=UPLOAD, help=t("upload.help"), on_change=_drop_image)
    if file is not None:
        _decode(file.getvalue())
    elif _IMAGE in st.session_state:  # of another page, or another way to an image
        st.caption(t("upload.kept"))
    if _IMAGE not in st.session_state:
        return ""
    for note in st.session_state["upload.notes"]:
        st.caption(note.describe(language()))
    return st.session_state["upload.digest"]


def _decode(data: bytes) -> None:
    from cnnviz.data import read_upload

    digest = sha256(data).hexdigest()
    if st.session_state.get("upload.digest") == digest and _IMAGE in st.session_state:
        return
    _drop_image()
    with guarded():
        upload = read_upload(data)
        st.session_state[_IMAGE] = upload.image
        st.session_state["upload.digest"] = digest
        st.session_state["upload.notes"] = upload.notes


def _drop_image() -> None:
    st.session_state.pop(_IMAGE, None)
