"""A page with one canvas, for the browser tests; `scene`, `seed` and `lang` may stand in the address.

Another `visit` in the address is another visit: what the page and its canvas remember of the one before is gone.
The canvas's files are fetched ahead of it, as on the Walkthrough; not so with `whole` in the address.
"""

import sys
from pathlib import Path

import numpy as np
import streamlit as st

sys.path.insert(0, str(Path(__file__).parents[4]))
sys.path.insert(0, str(Path(__file__).parent))

from scenes import FIELD_PIXELS, SCENES, heat_of, panels_of, tiled

from cnnviz.text import load
from cnnviz.ui.components.canvas import Heat, ImagePanel, Unit, canvas, canvas_component
from cnnviz.ui.core.component_files import preload

st.set_page_config(layout="wide")
if "whole" not in st.query_params:
    preload(canvas_component)
visit = st.query_params.get("visit", "")
arrived = st.session_state.get("visit", "") != visit
st.session_state.visit = visit
for name, default in {"scene": "layer", "seed": 0, "lang": "en", "steps": 0}.items():
    if arrived or name not in st.session_state:
        st.session_state[name] = type(default)(st.query_params.get(name, default))


def step() -> None:
    """Count what the page's shortcut did."""
    st.session_state.steps += 1


st.radio("Scene", SCENES, key="scene", horizontal=True)
st.radio("Seed", range(4), key="seed", horizontal=True)
st.button("next", shortcut="Right", on_click=step)
st.button("again")
st.text(f"steps {st.session_state.steps}")

scene, seed = st.session_state.scene, st.session_state.seed
panels = st.cache_resource(panels_of)(scene, seed)
if scene == "picture":
    st.image(tiled(st.cache_resource(panels_of)("maps", seed)[0].tensor))
elif panels:
    pinned = st.session_state.get(f"demo{visit}", {}).get("pin") or {}
    if scene == "layer" and pinned.get("panel") == "conv1":
        heat = heat_of(FIELD_PIXELS * np.array([pinned["y"], pinned["x"]]))
        panels = [
            ImagePanel("image", panels[0].image, title="Image", heat=Heat(heat, title="|∂ unit / ∂ image|")),
            *panels[1:],
        ]
    given = Unit("conv1", 5, 20, 30) if "given" in st.query_params else None
    result = canvas(panels, key=f"demo{visit}", t=load("canvas", st.session_state.lang), pin=given)
    st.text(f"pin {result.pin}")
st.text(f"visit {visit}")
