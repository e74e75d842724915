"""A handwritten digit brought into the frame of the training images: a switch, its steps, and what is doubtful."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import load
from cnnviz.ui.core import url_state
from cnnviz.ui.core.shell import language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnnviz.data import PreparedImage
    from cnnviz.ui.inputs.image_choice import ImageChoice

_NAME = "handwriting"
_SIDE = 56
"""Pixels of a step's picture on the screen."""


def ask_handwriting() -> bool:
    """Ask whether the digit is prepared: on, unless the link says otherwise or asks for the plain negative."""
    t = load("picture", language())
    if url_state.comes("negative") and not url_state.comes(_NAME):
        url_state.put(_NAME, False, _flag)
    url_state.seed(_NAME, True, url_state.one_of((False, True), _flag))
    return url_state.keep(_NAME, st.toggle(t("handwriting.label"), key=_NAME, help=t("handwriting.help")), True, _flag)


def forget_handwriting() -> None:
    """Drop the switch from the address, unless a file is awaited: no digit needs preparing here."""
    if not url_state.comes(_NAME):
        url_state.hide(_NAME)


def show_steps(preparation: PreparedImage) -> None:
    """Show the image after each step into the frame, small, and what is doubtful about it."""
    from cnnviz.ui.inputs.image_picker import shown

    cells = [(step, step.note.brief(language())) for step in preparation.steps]
    cells = [(step, words) for step, words in cells if words]
    if len(cells) > 1:
        with st.container(horizontal=True, gap="xsmall", key="handwriting.steps"):
            for step, words in cells:
                st.image(_square(shown(step.image)), caption=words, alt=step.note.describe(language()), width=_SIDE)
    for doubt in preparation.doubts:
        st.warning(doubt.describe(language()), icon=":material/help:")


def draw_low_confidence(image: ImageChoice, probability: float) -> None:
    """Draw a warning where a prepared digit has no class of high probability."""
    from cnnviz.data.handwriting import doubt_confidence

    said = doubt_confidence(probability, language()) if image.framing is not None else ""
    if said:
        st.warning(said, icon=":material/help:")


def _square(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return (H, W) or (H, W, 3) in the middle of a black square, its pixels repeated so that they stay sharp."""
    import numpy as np

    height, width = pixels.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    edges = ((top, side - height - top), (left, side - width - left), (0, 0))
    square = np.pad(pixels, edges[: pixels.ndim])
    times = -(-2 * _SIDE // side)  # twice as fine as the page, for sharp screens
    return square.repeat(times, 0).repeat(times, 1)


def _flag(value: bool) -> str:
    return "1" if value else "0"
