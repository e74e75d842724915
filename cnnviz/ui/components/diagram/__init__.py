"""The network's diagram, whose blocks fold and unfold in the browser."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.trace.record import Trace
from cnnviz.ui.components.diagram.diagram_facts import diagram_facts
from cnnviz.ui.core.component_files import component

diagram_component = component("cnnviz_diagram", "components/diagram/js/main.js", "components/diagram/diagram.css")


def diagram(
    trace: Trace,
    *,
    key: str,
    language: str,
    selected: str | None = None,
    on_pick: Callable[[str], None] | None = None,
) -> str | None:
    """Draw `trace` as a flow from image to scores; return the name of the row clicked in this very run, else None.

    `selected` is the row drawn as chosen; `on_pick` is called with the clicked row before the run. Folding, hovering
    and the arrow keys cost no run of the script.
    """

    def known(name: object) -> str | None:
        return next((row.name for row in trace.layers if row.name == name), None)

    def moved() -> None:
        name = known(st.session_state[key].get("picked"))
        if on_pick is not None and name is not None:
            on_pick(name)

    facts = _facts(trace, language)[0] | {"selected": selected}
    return known(diagram_component(key=key, data=facts, on_picked_change=moved).picked)


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs={Trace: id})
def _facts(trace: Trace, language: str) -> tuple[dict[str, Any], Trace]:
    """Return the facts and the trace itself: while it is held here, no other can have its id."""
    return diagram_facts(trace, language), trace
