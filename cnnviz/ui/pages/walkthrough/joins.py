"""Joins: both terms of a sum, and the source of each channel of a concatenation."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain.explanation import Index
from cnnviz.trace.explain.formula_text import format_addend, format_number
from cnnviz.trace.explain.layer_call import LayerCall
from cnnviz.trace.explain.shortcut import shortcut_of
from cnnviz.trace.explain.unit_explanation import layer_call
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.canvas import MapsPanel, Unit, canvas

JOINS = ("add", "cat")


def draw_join(walk: LazyActivations, record: LayerRecord, unit: Index, t: Text) -> bool:
    """Draw what the pinned channel of a sum or a concatenation was made from; return whether it has several maps."""
    call = layer_call(walk, record.name)
    several = len(call.output.shape) == 3 and len(call.inputs) > 1 and record.settings.get("dim", 1) == 1
    if several:
        (_draw_sum if record.kind == "add" else _draw_inputs)(walk, record, call, unit, t)
    return several


def _draw_sum(walk: LazyActivations, record: LayerRecord, call: LayerCall, unit: Index, t: Text) -> None:
    """Draw the same channel of x, of f(x) and of x + f(x) on one colour scale, and the pinned place in numbers."""
    shortcut = shortcut_of(walk.trace, record)
    order = (1, 0) if shortcut is not None and shortcut.arm == 1 else (0, 1)
    channel, row, column = unit
    maps = [call.inputs[arm].expand(record.shape)[channel] for arm in order]
    sources = [call.sources[arm] for arm in order]
    titles = [t("join.arm", row=source) for source in sources]
    whole = t("join.sum", name=record.name)
    if shortcut is not None:
        titles = [t("join.through" if shortcut.layers else "join.x", row=sources[0]), t("join.f", row=sources[1])]
        whole = t("join.residual", name=record.name)
    value = float(call.output[channel, row, column])
    terms = format_number(float(maps[0][row, column])) + format_addend(float(maps[1][row, column]))
    formula = f"{terms} = {format_number(value)}"
    st.caption(t("join.lead", channel=channel, row=row, column=column, formula=formula))
    panels = [
        MapsPanel("first", maps[0][None], title=titles[0], first_channel=channel),
        MapsPanel("second", maps[1][None], title=titles[1], first_channel=channel),
        MapsPanel("sum", call.output[channel][None], title=whole, first_channel=channel),
    ]
    canvas(panels, key="join", t=t, pin=Unit("sum", 0, row, column))


def _draw_inputs(walk: LazyActivations, record: LayerRecord, call: LayerCall, unit: Index, t: Text) -> None:
    """Draw the channels that each input of a concatenation gave, and where the pinned one stood."""
    first, lines = 0, []
    for source, tensor in zip(call.sources, call.inputs, strict=True):
        last = first + tensor.shape[0] - 1
        line = t("join.range", row=source, first=first, last=last)
        if first <= unit[0] <= last:
            line = t.row([f"**{line}**", t("join.here", channel=unit[0], there=unit[0] - first)])
        lines.append(f"- {line}")
        first = last + 1
    st.markdown(t("join.inputs", count=record.shape[0]))
    st.markdown("\n".join(lines))
