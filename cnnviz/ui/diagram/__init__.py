"""The network as a figure whose blocks fold and unfold in the browser."""

from collections.abc import Callable
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


def diagram(
    trace: Trace,
    *,
    key: str,
    language: str,
    selected: str | None = None,
    on_pick: Callable[[str], None] | None = None,
) -> str | None:
    """Draw `trace` as a flow from image to scores; the name of the row clicked in this very run, else None.

    `selected` is the row drawn as chosen; `on_pick` is called with the clicked row before the run. Folding, hovering
    and the arrow keys cost no run of the script.
    """

    def known(name: object) -> str | None:
        return next((row.name for row in trace.layers if row.name == name), None)

    def moved() -> None:
        name = known(st.session_state[key].get("picked"))
        if on_pick is not None and name is not None:
            on_pick(name)

    return known(_draw(key=key, data=diagram_facts(trace, language, selected), on_picked_change=moved).picked)
