"""The layer on the screen: previous, next, play and a menu step through the layers of a network."""

from collections.abc import Mapping, Sequence
from time import monotonic

import streamlit as st

from cnnviz.text import Text
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.film_strip.film_strip_view import draw_film_strip
from cnnviz.ui.components.film_strip.thumbnails import Thumbnail
from cnnviz.ui.components.film_strip.tiles import tiles
from cnnviz.ui.core import url
from cnnviz.ui.core.url import Name, Param

LAYER = Param("layer", Name("a layer of the network"), "")
"""The URL parameter; a page that has a stepper lists it among its own."""

SECONDS = 1.6
"""How long a layer stays while the walk plays."""


def resolve_layer(names: Sequence[str]) -> str:
    """Return the name of the layer shown in this run, kept in the URL; draws nothing."""
    layer = LAYER.among(names)
    position = names.index(url.value(layer))
    if _due(names[position]) and position < len(names) - 1:
        st.session_state["layer"] = names[position + 1]
    return url.keep(layer, st.session_state["layer"])


def draw_steps(
    rows: Sequence[LayerRecord], titles: Mapping[str, str], thumbnails: Mapping[str, Thumbnail], t: Text
) -> None:
    """Draw the network as a film strip between the buttons of the step before and the next one."""
    names = [row.name for row in rows]
    shown = st.session_state["layer"]
    position = names.index(shown)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            t("step.previous"),
            icon=":material/arrow_back:",
            shortcut="Left",
            disabled=position == 0,
            on_click=_move,
            args=(names, -1),
            key="layer.previous",
        )
        with st.container(key="film", gap=None):
            draw_film_strip(tiles(rows, shown), shown, thumbnails, titles, key="strip.film", t=t, on_select=show_layer)
        st.button(
            t("step.next"),
            icon=":material/arrow_forward:",
            shortcut="Right",
            type="primary",
            disabled=position == len(names) - 1,
            on_click=_move,
            args=(names, 1),
            key="layer.next",
        )
        playing = st.toggle(t("step.play"), key="play", disabled=position == len(names) - 1)
    if playing != st.session_state.get("playing", False):
        st.session_state["playing"] = playing
        st.rerun()  # the page, so that its clock starts or stops


def draw_menu(names: Sequence[str], layers: int, titles: Mapping[str, str], t: Text) -> None:
    """Draw the menu of all layers; the first `layers` names are layers of the network."""
    position = names.index(st.session_state["layer"])
    label = t("step.of", number=position + 1, count=layers) if position < layers else t("step.after", count=layers)
    st.selectbox(
        label, names, position, key="layer", format_func=lambda name: titles.get(name, name), help=t("step.hint")
    )


def show_layer(name: str) -> None:
    """Show the layer `name` from the next run on."""
    url.put(LAYER, name)


def _due(shown: str) -> bool:
    """Return whether the layer on the screen has been shown long enough while the walk plays."""
    since, layer = st.session_state.get("play.since", (0.0, ""))
    if layer != shown or not st.session_state.get("play"):
        st.session_state["play.since"] = (monotonic(), shown)
        return False
    return monotonic() - since > 0.8 * SECONDS


def _move(names: Sequence[str], by: int) -> None:
    position = names.index(st.session_state["layer"]) + by
    st.session_state["layer"] = names[max(0, min(position, len(names) - 1))]
