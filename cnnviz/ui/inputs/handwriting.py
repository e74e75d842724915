"""Widgets for bringing a handwritten digit into the frame of the training images: a switch, the steps, the doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import load
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.links import HANDWRITING, NEGATIVE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cnnviz.data import PreparedImage
    from cnnviz.ui.inputs.image_choice import ImageChoice

_STEP_PIXELS = 56
"""Pixels of a step's picture on the screen."""


def toggle_handwriting() -> bool:
    """Draw the switch and return it: on, unless the link says otherwise or asks for the plain negative."""
    t = load("picture", language())
    if url_state.comes(NEGATIVE.name) and not url_state.comes(HANDWRITING.name):
        url.put(HANDWRITING, False)
    return url.toggle(HANDWRITING, t("handwriting.label"), help=t("handwriting.help"))


def drop_handwriting() -> None:
    """Drop the switch from the URL, unless a file is awaited: no digit needs preparing here."""
    if not url_state.comes(HANDWRITING.name):
        url_state.hide(HANDWRITING.name)


def draw_steps(preparation: PreparedImage) -> None:
    """Draw the image after each step into the frame, small, and a warning for each doubt."""
    from cnnviz.ui.inputs.image_picker import display_array

    cells = [(step, step.note.brief(language())) for step in preparation.steps]
    cells = [(step, words) for step, words in cells if words]
    if len(cells) > 1:
        with st.container(horizontal=True, gap="xsmall", key="handwriting.steps"):
            for step, words in cells:
                st.image(
                    _square(display_array(step.image)),
                    caption=words,
                    alt=step.note.describe(language()),
                    width=_STEP_PIXELS,
                )
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
    times = -(-2 * _STEP_PIXELS // side)  # twice as fine as the page, for sharp screens
    return square.repeat(times, 0).repeat(times, 1)
