"""A page with one set of overlays, for the browser test; what was painted stands below it."""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[4]))

from cnnviz.text import load
from cnnviz.trace.record import ReceptiveField
from cnnviz.ui.components.overlays import BrushColour, Overlay, Stroke, overlays

st.set_page_config(layout="wide")


def paint(stroke: Stroke) -> None:
    """Remember a stroke."""
    st.session_state.strokes = [*st.session_state.get("strokes", []), stroke]


random = np.random.default_rng(0)
grid = np.linspace(-1, 1, 28)
image = np.exp(-4 * (grid[:, None] ** 2 + grid[None, :] ** 2))[None].astype(np.float32)
gradient = (random.normal(size=(28, 28)) * image[0] * 0.01).astype(np.float32)
cells = np.float32([[-1, 2, 0.5, 0, 0], [0, 0, 0, 0, 8], [1, -3, 2, 0, 0], [0, 1, 1, 1, 0], [0, 0, 4, 0, 0.25]])
field = ReceptiveField("window", size=(16, 16), stride=(4, 4), start=(-2, -2))
panels = [
    Overlay("image", image, title="Image"),
    Overlay("gradient", image, gradient, title="Gradient", note="28×28 pixels"),
    Overlay("cam", image, cells, title="Grad-CAM", note="5×5 cells", field=field, remark="A remark."),
]
if "colour" in st.query_params:
    colour = np.stack([image[0], image[0].T ** 2, 1 - image[0]])
    panels = [Overlay(panel.name, colour, panel.values, title=panel.title) for panel in panels]
strokes = st.session_state.get("strokes", [])
st.button("again")
overlays(
    panels,
    key="demo",
    t=load("overlays", st.query_params.get("lang", "en")),
    ends=("against 8", "for 8"),
    shares=True,
    brush=[BrushColour("erase", "erase", (0, 0, 0)), BrushColour("white", "white", (255, 255, 255))],
    strokes=len(strokes),
    on_stroke=paint,
    link="display",
)
st.text(f"strokes {strokes}")
