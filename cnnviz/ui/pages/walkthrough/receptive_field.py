"""The receptive field of a unit: the influence of each pixel, and its growth with depth."""

from __future__ import annotations

from math import prod

import streamlit as st
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.figures.field_depth import field_depth, field_depth_summary
from cnnviz.models.model import TrainedModel
from cnnviz.text import Text
from cnnviz.trace.explain.effective_field import effective_field
from cnnviz.trace.explain.explanation import Index
from cnnviz.trace.record import LayerRecord, Trace
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.core import url
from cnnviz.ui.core.byte_cache import MEGABYTE, memory_left
from cnnviz.ui.core.heavy_work import heavy_value
from cnnviz.ui.inputs.image_choice import ImageChoice, prepare_image
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.pages.walkthrough.layer_words import describe_field
from cnnviz.ui.pages.walkthrough.links import HEAT


def wants_heat() -> bool:
    """Return whether the effective field is shown in this run, before its switch is drawn."""
    return url.value(HEAT)


def ask_heat(t: Text) -> None:
    """Draw the switch of the effective field, kept in the URL."""
    url.toggle(HEAT, t("heat.label"), held=True, help=t("heat.help"))


def heat_of(model: TrainedModel, image: ImageChoice, record: LayerRecord, index: Index, language: str) -> Tensor:
    """Return |∂unit/∂x| per pixel (H, W) for one unit of a layer.

    Raises:
        UserError: the pass and its gradients do not fit the memory left.
    """
    trace = model.spec.trace()
    needed = 2 * sum(row.activation_bytes for row in trace.layers)
    if needed > memory_left():
        raise UserError("not_enough_memory", needed=needed // MEGABYTE, left=memory_left() // MEGABYTE)
    key, size = (model, image, record.name, index), 4 * prod(trace.input_shape[-2:])

    def compute() -> Tensor:
        return effective_field(cached_network(model), trace, record.name, index, prepare_image(image, model).tensor)

    # backward every layer multiplies twice as often as forward
    return heavy_value("effective_fields", key, size, compute, 3 * trace.macs, needed, language)


def draw_growth(trace: Trace, record: LayerRecord, t: Text) -> None:
    """Draw the side of the window that a unit sees, layer by layer, with the shown layer marked."""
    st.markdown(describe_field(record.receptive_field, t))
    draw_chart(field_depth(trace, record.name, t), key="growth", alt=field_depth_summary(trace, record.name, t), t=t)
    st.caption(t("growth.help"))
