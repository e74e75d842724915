"""Sentences on a layer and on the state of the network, from the facts alone, without weights."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.figures.layer_words import kind_description, kind_name
from cnnviz.models import ModelSpec
from cnnviz.models.spec_words import layer_purpose
from cnnviz.text import Text, load
from cnnviz.trace.arithmetic import arithmetic, flattened_inputs, reduction_weights
from cnnviz.trace.operations import is_elementwise
from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace
from cnnviz.ui.core.markdown import escape_markdown


def layer_titles(records: Sequence[LayerRecord], language: str) -> dict[str, str]:
    """Return the name of each layer with what it is, where that is not its name: "block1.mlp1 · 1×1 convolution"."""
    kinds = load("kinds", language)
    said = {record.name: kind_name(record, kinds) for record in records}
    return {name: name if name.lower() == kind.lower() else f"{name} · {kind}" for name, kind in said.items()}


def draw_layer(spec: ModelSpec, trace: Trace, record: LayerRecord, t: Text) -> None:
    """Draw a layer's task, its reason, and its arithmetic with the numbers put in."""
    kinds, formulas = (load(topic, t.language) for topic in ("kinds", "arithmetic"))
    st.subheader(escape_markdown(layer_titles([record], t.language)[record.name]), anchor=False)
    paragraphs = [kind_description(record, kinds)]
    if reason := layer_purpose(spec, record.name, t.language):
        paragraphs.append(f"**{t('why')}** {reason}")
    inputs = flattened_inputs(trace, record)
    lines = (*([inputs] if inputs else []), *arithmetic(record), *reduction_weights(trace, record))
    if lines:
        paragraphs.append("  \n".join(f"{formulas(line.label)} `{line}`" for line in lines))
    st.markdown("\n\n".join(paragraphs))
    notes = [t.row([describe_field(record.receptive_field, t), t("counted")])]
    if works_element_by_element(record):
        notes.insert(0, t("keeps_shape", shape="×".join(map(str, record.shape))))
    st.caption("\n\n".join(notes))


def works_element_by_element(record: LayerRecord) -> bool:
    """Return whether a layer turns each number into one number, with nothing learned and no multiply-adds counted."""
    return is_elementwise(record.operation) and len(record.inputs) == 1 and record.num_params == 0 and record.macs == 0


def describe_field(field: ReceptiveField, t: Text) -> str:
    """Return the receptive field of a layer in a sentence or two."""
    if field.extent == "unknown":
        return t("field.unknown", reason=field.reason)
    if field.extent == "global" or field.size is None:
        return t("field.global")
    height, width = field.size
    if field.stride is None:
        return t("field.uneven", height=height, width=width)
    said = t("field.window", height=height, width=width, stride="×".join(map(str, dict.fromkeys(field.stride))))
    return said if field.dense else t.row([said, t("field.holes")])
