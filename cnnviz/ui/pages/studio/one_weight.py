"""One weight of the last recorded step: from its old value to the new one, and the sum that its gradient is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.runs.recorded_step import RecordedStep, read_step
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.trace.explain.formula_text import format_factor, format_number
from cnnviz.train.layer_step import LayerStep
from cnnviz.train.weight_step import WeightIndex, gradient_sum, weight_update
from cnnviz.ui.components.canvas import FiltersPanel, Unit, canvas
from cnnviz.ui.core import url
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.pages.studio import run_images
from cnnviz.ui.pages.studio.links import WEIGHT

KEY = WEIGHT.name
"""Of the chosen weight: output channel, input channel, row and column."""


def draw(record: RunRecord, look: Mapping[str, Any], name: str, t: Text) -> None:
    """Draw the weights of the layer `name` in the step of `look`, and the arithmetic of the chosen one."""
    try:
        recorded = read_step(record.folder)
    except UserError as error:
        draw_failure(error)
        return
    if recorded is None or recorded.step != look["step"]:
        st.caption(t("weight.last") if recorded is None else t("weight.other", step=recorded.step))
        return
    layer = next((layer for layer in recorded.layers if layer.name == name), None)
    if layer is None:
        st.caption(t("weight.none", layer=name))
        return
    st.markdown(t("weight.lead", layer=name))
    if len(layer.weight) < layer.shape[0]:
        st.caption(t("weight.some", kept=len(layer.weight), count=layer.shape[0]))
    place = _select_weight(layer, t)
    _update(record, recorded, layer, place, t)
    _gradient(record, look["indices"], layer, place, t)


def _select_weight(layer: LayerStep, t: Text) -> WeightIndex:
    """Return the weight that is pinned on the picture of the layer's weights; at first that with the largest
    gradient."""
    strongest = _unravel(int(layer.gradient.abs().argmax()), layer.weight.shape)
    asked = url.value(WEIGHT)
    inside = asked and all(0 <= at < size for at, size in zip(asked, layer.weight.shape, strict=True))
    place = (asked[0], asked[1], asked[2], asked[3]) if asked and inside else strongest
    panel = f"{layer.name}.weight"
    unit = Unit(panel, place[0], place[2], place[3], input_channel=place[1])
    pin = canvas(
        [FiltersPanel(panel, layer.weight, title=t("evolve.filters", layer=layer.name))],
        key=KEY + ".canvas",
        t=t,
        pin=unit,
    ).pin
    if pin is not None and pin.panel == panel:
        place = pin.channel, pin.input_channel or 0, pin.y, pin.x
    st.session_state[KEY] = None if place == strongest else place
    url.keep(WEIGHT, st.session_state[KEY])
    return place


def _update(record: RunRecord, recorded: RecordedStep, layer: LayerStep, place: WeightIndex, t: Text) -> None:
    dense = layer.weight.shape[2:] == (1, 1) and layer.deltas.shape[2:] == (1, 1)
    names = dict(zip(("output", "input", "row", "column"), place, strict=True))
    lines = [t("weight.dense" if dense else "weight.kernel", **names)]
    for quantity in weight_update(layer, place, record.plan.config, recorded.learning_rate):
        last = list(quantity.numbers)[-1]
        written = {
            name: format_number(value) if name == last else format_factor(value)
            for name, value in quantity.numbers.items()
        }
        lines.append(t(f"weight.{quantity.name}", **written))
    lines.append(t("weight.after", after=format_number(float(layer.after[place]))))
    st.markdown("\n\n".join(lines))


def _gradient(record: RunRecord, indices: Sequence[int], layer: LayerStep, place: WeightIndex, t: Text) -> None:
    found = gradient_sum(layer, place)
    entry, training = dataset(record.plan.dataset), run_images.image_set(record.plan, "train")
    count, _, rows, columns = layer.deltas.shape
    said = {
        "g": format_number(float(layer.gradient[place])),
        "images": count,
        "count": f"{len(found.terms) + found.rest_count:,}",
    }
    st.markdown(
        t("weight.sum", **said, rows=rows, columns=columns) if rows * columns > 1 else t("weight.sum_dense", **said)
    )
    table = []
    for term in found.terms:
        index = indices[term.image]
        classes = t.listed(entry.class_name(one, t.language) for one in training.classes_of(index))
        table.append(
            {
                t("weight.image"): f"{index}: {classes}",
                t("weight.at"): f"{term.row}, {term.column}" if rows * columns > 1 else None,
                "δ": format_number(term.delta),
                "x": format_number(term.x),
                "δ·x": format_number(term.product),
            }
        )
    table.append({t("weight.image"): t("weight.rest", count=f"{found.rest_count:,}"), "δ·x": format_number(found.rest)})
    table.append({t("weight.image"): t("weight.total"), "δ·x": format_number(found.total)})
    st.dataframe(table, hide_index=True, placeholder="")


def _unravel(flat: int, shape: Sequence[int]) -> WeightIndex:
    _, inputs, rows, columns = shape
    return (
        flat // (inputs * rows * columns),
        flat // (rows * columns) % inputs,
        flat // columns % rows,
        flat % columns,
    )
