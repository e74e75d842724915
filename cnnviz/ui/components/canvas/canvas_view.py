"""Draw the canvas on a page, with each of its tensors in an element of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.ui.components.canvas.canvas_payload import pack
from cnnviz.ui.components.canvas.panels import Panel
from cnnviz.ui.components.canvas.pinned_unit import CanvasResult, Unit, encode_pin, parse_pin
from cnnviz.ui.components.figure import FIGURE_STYLES
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import is_whole_below

canvas_component = component(
    "cnnviz_canvas", "components/canvas/js/main.js", "components/canvas/canvas.css", FIGURE_STYLES
)
_tensor = component("cnnviz_tensor", "components/canvas/js/tensor.js")


def canvas(
    panels: Sequence[Panel],
    *,
    key: str,
    t: Text,
    pin: Unit | None = None,
    covered: bool = False,
    figure: Mapping[str, Any] | None = None,
) -> CanvasResult:
    """Draw `panels` side by side and return the unit that the user has pinned.

    Args:
        panels: at most one `ImagePanel`; names are unique. A tensor that did not change is not sent again.
        key: unique on the page. While it stays the same the user keeps zoom, page and colour mode.
        t: any text of the page; its language is the canvas's.
        pin: shown as pinned at first and whenever this argument changes; the user may move it on.
        covered: whether the value of the pinned unit is left out of the read-out.
        figure: of the stage around it, for the button that saves it, as `figure_data` returns it; without it none.

    Raises:
        ValueError: two panels of one name, or a tensor of a shape that its panel cannot draw.
    """
    payload = pack(panels)
    specs = payload.header["panels"]
    words = load("canvas", t.language)
    given = next((encode_pin(pin, spec) for spec in specs if pin and spec["name"] == pin.panel), None)
    state = st.session_state.get(key) or {}
    held = state.get("pin")
    serial = held.get("serial") if isinstance(held, dict) else 0
    checked = parse_pin(held, specs)
    shown = encode_pin(checked, next(s for s in specs if s["name"] == checked.panel)) if checked else None
    header = {
        **payload.header,
        "language": t.language,
        "words": dict(zip(words.keys(), map(words, words.keys()), strict=True)),
        "pin": shown,
        "serial": serial if is_whole_below(serial, 2**31) else 0,
        "given": given,
        "covered": covered,
        "figure": figure,
    }
    with st.container(gap=None):
        # before the canvas, so that both come in one go; apart, so that one tensor more moves nothing
        with st.container(gap=None):
            for slot, blob in payload.blobs.items():
                _tensor(key=f"{key}-{slot}", data=blob)
        mounted = canvas_component(key=key, data=header, on_pin_change=lambda: None)
    if isinstance(mounted.pin, dict):
        return CanvasResult(parse_pin(mounted.pin, specs))
    return CanvasResult(parse_pin(given, specs))
