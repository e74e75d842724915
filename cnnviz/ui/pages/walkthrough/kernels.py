"""The weights of a layer as pictures, and what each input channel adds to the pinned map."""

from __future__ import annotations

import streamlit as st
import torch
from torch import Tensor, nn

from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain import channel_contributions
from cnnviz.trace.explain.explanation import Index
from cnnviz.trace.explain.formula_text import MINUS, format_number
from cnnviz.trace.explain.unit_explanation import layer_call
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.canvas import FiltersPanel, MapsPanel, canvas
from cnnviz.ui.pages.walkthrough.joins import JOINS, draw_join

MOST_WEIGHTS = 400_000
"""Weights that travel at once; of a larger layer the filters around the pinned channel."""


def draw_kernels(walk: LazyActivations, record: LayerRecord, unit: Index | None, t: Text) -> None:
    """Draw the kernels of a convolution, or the weights of a dense layer, as pictures."""
    weight = getattr(layer_call(walk, record.name).module, "weight", None)
    if not isinstance(weight, Tensor) or weight.ndim not in (2, 4):
        st.caption(t("kernels.none", name=record.name))
        return
    filters, each = weight.shape[0], weight[0].numel()
    many = min(filters, max(1, MOST_WEIGHTS // each))
    first = min((unit[0] if unit else 0) // many * many, filters - many)
    st.caption(t("kernels.lead", shape="×".join(map(str, weight.shape)), count=weight.numel()))
    if many < filters:
        st.caption(t("kernels.some", first=first, last=first + many - 1, count=filters))
    canvas(
        [
            FiltersPanel(
                f"{record.name}.weight" + (f" [{first}]" if first else ""),
                weight.detach()[first : first + many],
                title=t("panel.filters", name=record.name),
            )
        ],
        key="kernels",
        t=t,
    )


def draw_contributions(walk: LazyActivations, record: LayerRecord, unit: Index | None, t: Text) -> None:
    """Draw the contributions to a convolution's pinned channel: input maps, bias, their sum; of a join its inputs."""
    call = layer_call(walk, record.name)
    if unit is not None and record.kind in JOINS and draw_join(walk, record, unit, t):
        return
    if unit is None or not isinstance(call.module, nn.Conv2d):
        st.caption(t("parts.none", name=record.name))
        return
    parts = channel_contributions(call.module, call.inputs[0], unit[0])
    maps, labels = parts.maps, [str(channel) for channel in parts.channels]
    if parts.rest is not None:
        maps, labels = torch.cat([maps, parts.rest[None]]), [*labels, t("parts.rest", count=parts.rest_count)]
    st.caption(
        t(
            "parts.lead",
            channel=unit[0],
            source=call.sources[0],
            count=len(parts.channels) + parts.rest_count,
            bias=format_number(parts.bias),
        )
    )
    canvas(
        [
            MapsPanel("parts", maps, title=t("parts.title", source=call.sources[0]), labels=labels),
            MapsPanel(
                "sum",
                parts.output[None],
                title=t("parts.sum", channel=unit[0], bias=f"{parts.bias:+.4g}".replace("-", MINUS)),
                first_channel=unit[0],
            ),
        ],
        key="parts",
        t=t,
    )
