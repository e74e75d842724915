"""The network as a figure whose blocks fold and unfold in the browser."""

from pathlib import Path

import streamlit as st

from cnnviz.trace.record import Trace
from cnnviz.ui.diagram.facts import diagram_facts

_HERE = Path(__file__).parent
_SCRIPTS = ("tree", "layout", "nodes", "readout", "keys", "view", "main")

_draw = st.components.v2.component(
    "cnnviz_diagram",
    html='<div class="outer"><div class="diagram"></div></div>',
    css=(_HERE / "style.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / f"{name}.js").read_text(encoding="utf-8") for name in _SCRIPTS),
)


def diagram(trace: Trace, *, key: str, language: str, selected: str | None = None) -> str | None:
    """Draw `trace` as a flow from image to scores; the name of the row clicked in this very run, else None.

    `selected` is the row drawn as chosen. Folding, hovering and the arrow keys cost no run of the script.
    """
    result = _draw(key=key, data=diagram_facts(trace, language, selected), on_picked_change=lambda: None)
    picked = result.picked
    return picked if any(row.name == picked for row in trace.layers) else None
