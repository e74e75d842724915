"""A page with one canvas, for the browser tests: the scene, its seed and the language are widgets."""

import numpy as np
import streamlit as st

from cnnviz.text import load
from cnnviz.trace.record import GLOBAL, ReceptiveField
from cnnviz.ui.canvas import FiltersPanel, Heat, ImagePanel, MapsPanel, Unit, canvas

st.set_page_config(layout="wide")
FIELD = ReceptiveField("window", size=(11, 11), stride=(4, 4), start=(-2, -2))
OPTIONS = {"scene": "layer", "seed": 0, "lang": "en"}
for name, default in OPTIONS.items():
    st.session_state.setdefault(name, type(default)(st.query_params.get(name, default)))
SCENES = ("layer", "small", "vector", "long", "wide", "tall", "filters", "matrix", "odd", "two", "constant", "picture")
columns = st.columns(4)
scene = columns[0].selectbox("scene", SCENES, key="scene")
seed = columns[1].number_input("seed", 0, 9, key="seed")
columns[2].button("next", shortcut="Right", on_click=lambda: st.session_state.update(steps=st.session_state.get("steps", 0) + 1))
columns[3].button("again")
st.text(f"steps {st.session_state.get('steps', 0)}")


def smooth(*shape: int) -> np.ndarray:
    """Values that look like feature maps: noise blurred over a few cells, different from channel to channel."""
    random = np.random.default_rng(seed)
    noise = random.normal(size=shape).astype(np.float32)
    for axis in (-2, -1):
        for _ in range(4):
            noise = (np.roll(noise, 1, axis) + noise + np.roll(noise, -1, axis)) / 3
    return np.float32(noise * 6 + random.normal(size=(shape[0], 1, 1)) * 0.3)


def image(height: int = 224, channels: int = 3) -> np.ndarray:
    return np.float32(1 / (1 + np.exp(-smooth(channels, height, height))))


maps = smooth(64, 56, 56)
relu = np.maximum(maps, 0)
panels = {
    "layer": lambda: [ImagePanel("image", image(), title="Image"),
                      MapsPanel("conv1", maps, title="conv1", field=FIELD, block_range=(-9.0, 9.0), global_range=(-20.0, 20.0))],
    "small": lambda: [ImagePanel("image", (image(28, 1) * 255).astype(np.uint8), title="Image"),
                      MapsPanel("conv2", smooth(16, 10, 10), title="conv2",
                                field=ReceptiveField("window", size=(14, 14), stride=(2, 2), start=(-2, -2)))],
    "vector": lambda: [MapsPanel("fc3", np.random.default_rng(seed).normal(size=10), title="fc3", field=GLOBAL,
                                 labels=("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker",
                                         "bag", "ankle boot"))],
    "long": lambda: [MapsPanel("fc", np.random.default_rng(seed).normal(size=1000), title="fc")],
    "wide": lambda: [MapsPanel("stem", np.maximum(smooth(64, 112, 112), 0), title="stem")],
    "tall": lambda: [MapsPanel("last", np.maximum(smooth(2048, 7, 7), 0), title="last")],
    "filters": lambda: [FiltersPanel("weight", smooth(32 * 3, 7, 7).reshape(32, 3, 7, 7), title="conv1.weight")],
    "matrix": lambda: [FiltersPanel("weight", smooth(1, 64, 96).reshape(64, 96, 1, 1), title="conv2.weight")],
    "odd": lambda: [MapsPanel("odd", np.where(np.arange(4 * 64).reshape(4, 8, 8) % 17 == 3, np.nan, smooth(4, 8, 8)))],
    "two": lambda: [MapsPanel("before", maps[:8], title="before"), MapsPanel("after", relu[:8] / 3, title="after")],
    "constant": lambda: [MapsPanel("zero", np.zeros((3, 5, 5)), title="zero")],
    "picture": lambda: [],
}[scene]()
pinned = st.session_state.get("demo", {}).get("pin") or {}
if scene == "layer" and pinned.get("panel") == "conv1":
    heat = np.exp(-((np.indices((224, 224)) - 4 * np.array([pinned["y"], pinned["x"]]).reshape(2, 1, 1)) ** 2).sum(0) / 30)
    panels[0] = ImagePanel("image", image(), title="Image", heat=Heat(heat, title="|∂ unit / ∂ image|"))
if scene == "picture":
    low, high = maps.min(), maps.max()
    st.image(np.block([[maps[8 * row + column] for column in range(8)] for row in range(8)]), clamp=True)
else:
    given = Unit("conv1", 5, 20, 30) if "given" in st.query_params else None
    result = canvas(panels, key="demo", t=load("canvas", st.session_state.lang), pin=given)
    st.text(f"pin {result.pin}")
