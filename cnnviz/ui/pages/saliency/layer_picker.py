"""The picker of the layer: why one is suggested, and how much each of its cells sees."""

from __future__ import annotations

import streamlit as st

from cnnviz.attribution import LayerOutput, list_layers, suggest_layer
from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.trace.record import ReceptiveField
from cnnviz.ui.core import url
from cnnviz.ui.pages.saliency.links import LAYER
from cnnviz.ui.pages.saliency.subject import SaliencyInput, forward_value


def layers(subject: SaliencyInput) -> tuple[LayerOutput, ...]:
    """Return the layers that have maps, in the order of the network."""

    def find() -> tuple[LayerOutput, ...]:
        found = list_layers(subject.network(), subject.input())
        return tuple(layer for layer in found if len(layer.shape) == 3 and layer.calls == 1)

    size = 500 * len(subject.spec.trace().layers)
    return forward_value(subject, "scores", ("layers", subject.model), size, find)


def suggested_layer(subject: SaliencyInput) -> str:
    """Return the layer to look at where the user has none in mind; "" where none fits."""
    try:
        return suggest_layer(layers(subject)).name
    except UserError:
        return ""


def select_layer(subject: SaliencyInput, t: Text) -> str:
    """Draw the choice of the layer, the suggested one at first; those too coarse for a map say so in the menu."""
    known = {layer.name: layer for layer in layers(subject)}
    usual = suggested_layer(subject) or next(iter(known), "")
    if not known:
        st.caption(t("layer.no_maps"))
        return ""

    def say(name: str) -> str:
        layer = known[name]
        key = "layer.entry" if layer.fits_map else "layer.coarse"
        return t(key, name=name, height=layer.cells[0], width=layer.cells[1])

    chosen = url.select(LAYER.among(tuple(known), usual), t("layer.label"), say, help=t("layer.help"))
    said = t("layer.facts", name=chosen, seen=describe_cells(subject, chosen, t))
    if chosen == usual and known[usual].fits_map:
        said = t.row([said, t("layer.why")])
    st.caption(said)
    return chosen


def field_of(subject: SaliencyInput, layer: str) -> ReceptiveField | None:
    """Return the receptive field of a layer's cells, of a block that of its last row; None where it is not known."""
    rows = {row.name: row for row in subject.spec.trace().layers}
    if layer in rows:
        return rows[layer].receptive_field
    inside = [row for row in rows.values() if row.block == layer or row.block.startswith(f"{layer}.")]
    return inside[-1].receptive_field if inside else None


def describe_cells(subject: SaliencyInput, layer: str, t: Text) -> str:
    """Return `7×7 cells, each sees 99×99 pixels`."""
    cells = next((one.cells for one in layers(subject) if one.name == layer), (1, 1))
    field = field_of(subject, layer)
    if field is None or field.size is None:
        return t(
            "cells.global" if field is not None and field.extent == "global" else "cells.plain",
            height=cells[0],
            width=cells[1],
        )
    return t("cells.window", height=cells[0], width=cells[1], tall=field.size[0], wide=field.size[1])
