"""The parts of the Walkthrough: the walk that computes, the canvas of one layer, and what is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.ui.network import NetworkChoice, cached_network, cached_trace
from cnnviz.ui.picture import PictureChoice, prepared
from cnnviz.ui.shell import language

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.data import Preparation
    from cnnviz.trace import LayerRecord, ReceptiveField, Walk

MOST_VALUES = 1_000_000
"""Values of a layer that travel to the browser at once; a larger layer is shown some channels at a time."""


def start_walk(network: NetworkChoice, picture: PictureChoice, seed: int) -> tuple[Walk, Preparation]:
    """The walk of an image through a network, and how the image became its input.

    Raises:
        Refusal: the network's weights do not fit the memory left.
    """
    model = cached_network(network, seed)
    preparation = prepared(picture, network.input_shape)
    return _walk(network, picture, seed, model, preparation.tensor), preparation


@st.cache_resource(max_entries=3, show_spinner=False)
def _walk(network: NetworkChoice, picture: PictureChoice, seed: int, _model: object, _image: Tensor) -> Walk:
    from cnnviz.trace import Walk

    return Walk(_model, cached_trace(network), _image)


def say_layer(network: NetworkChoice, record: LayerRecord, t: Text) -> None:
    """What a layer does, why it is there, and its arithmetic with the numbers put in."""
    from cnnviz.trace import arithmetic
    from cnnviz.zoo.why import why

    kinds, words, formulas = (load(topic, language()) for topic in ("kinds", f"zoo/{network.name}", "arithmetic"))
    if f"{record.kind}.what" in kinds:
        st.markdown(f"**{t('what')}** · {kinds(f'{record.kind}.name')}")
        st.markdown(kinds(f"{record.kind}.what"))
    reason = why(network.name, record.name)
    if reason:
        st.markdown(f"**{t('why')}**")
        st.markdown(words(reason))
    st.markdown(f"**{t('arithmetic')}**")
    for line in arithmetic(record):
        st.caption(formulas(line.key))
        st.code(line.text, language=None, wrap_lines=True)
    st.caption(say_field(record.receptive_field, t))


def say_field(field: ReceptiveField, t: Text) -> str:
    """The receptive field of a layer in a sentence or two."""
    if field.extent == "unknown":
        return t("field.unknown", reason=field.reason)
    if field.extent == "global" or field.size is None:
        return t("field.global")
    height, width = field.size
    if field.stride is None:
        return t("field.uneven", height=height, width=width)
    said = t("field.window", height=height, width=width, stride="×".join(map(str, dict.fromkeys(field.stride))))
    return said if field.dense else f"{said} {t('field.holes')}"


def softmax_table(scores: Tensor, names: list[str], t: Text, most: int = 10) -> None:
    """The scores of the last layer as probabilities, the largest first, with the sum that they are divided by."""
    import pandas as pd

    values = scores.double()
    largest = values.max()
    exponentials = (values - largest).exp()
    probabilities = exponentials / exponentials.sum()
    order = probabilities.argsort(descending=True)[:most].tolist()
    st.subheader(t("softmax.title"))
    st.dataframe(pd.DataFrame({
        t("softmax.class"): [names[i] if i < len(names) else t("softmax.class_number", number=i) for i in order],
        t("softmax.score"): [float(values[i]) for i in order],
        t("softmax.probability"): [float(probabilities[i]) for i in order],
    }), hide_index=True, column_config={
        t("softmax.score"): st.column_config.NumberColumn(format="%.5g"),
        t("softmax.probability"): st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)})
    if len(values) > most:
        st.caption(t("softmax.largest", count=most, total=len(values)))
    st.caption(t("softmax.formula", largest=float(largest), total=float(exponentials.sum()), count=len(values)))
