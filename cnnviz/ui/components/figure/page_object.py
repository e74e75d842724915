"""One object of a page: a stage of present mode with the button that saves it as a figure.

    with page_object("counts", t, caption="LeNet · digits"):
        confusion(...)

This is all that a page says of present mode and of figures. Canvas and microscope, which are drawn again at every step
through a network, take `figure_data` and draw the button themselves: a step has two messages and two components less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.components.figure.figure_button import FigureFile, draw_figure_button
from cnnviz.ui.core import present

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


@contextmanager
def page_object(
    name: str, t: Text, *, caption: str = "", steps: present.Steps = "objects", files: Sequence[FigureFile] = ()
) -> Iterator[None]:
    """Draw what stands inside as an object of its own.

    Args:
        name: unique on the page, in small letters, digits, `-` and `_`; the page's link names it in present mode.
        t: any text of the page, for its language.
        caption: which network, layer and image is shown, as the figure tells it.
        steps: where the keys right and left lead in present mode.
        files: further forms of the figure, beside PNG and SVG.
    """
    with present.stage(name, steps):
        yield
        draw_figure_button(name, t, caption=caption, files=files)


def draw_chart(figure: Figure, *, key: str, alt: str, t: Text, caption: str = "", **settings: Any) -> None:
    """Draw a chart as an object of the page; `settings` are those of Streamlit's chart."""
    with page_object(key.lower().replace(".", "-"), t, caption=caption):
        st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt, **settings)
