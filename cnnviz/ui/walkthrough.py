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
    from cnnviz.trace.record import LayerRecord, ReceptiveField
    from cnnviz.trace.walk import Walk

MOST_VALUES = 1_000_000
"""Values of a layer that travel to the browser at once; a larger layer is shown some channels at a time."""


def start_walk(network: NetworkChoice, picture: PictureChoice, seed: int) -> Walk:
    """The walk of an image through a network.

    Raises:
        Refusal: the network's weights do not fit the memory left.
    """
    model = cached_network(network, seed)
    return _walk(network, picture, seed, model, prepared(picture, network.input_shape).tensor)


@st.cache_resource(max_entries=3, show_spinner=False)
def _walk(network: NetworkChoice, picture: PictureChoice, seed: int, _model: object, _image: Tensor) -> Walk:
    from cnnviz.trace.walk import Walk

    return Walk(_model, cached_trace(network), _image)


def draw_layer(walk: Walk, record: LayerRecord, classes: list[str], t: Text) -> None:
    """The image and the maps of a layer on one canvas, linked by the receptive field; scores carry their `classes`."""
    from cnnviz.ui.canvas import ImagePanel, MapsPanel, canvas

    image, output = walk.output("input")[0], walk.output(record.name)[0]
    shown = image if image.shape[0] in (1, 3) else image[:1]
    maps, first = _page_of_maps(record, output, t)
    labels = [str(first + channel) for channel in range(len(maps))] if first else ()
    if record is walk.trace.layers[-1]:
        labels = classes
    canvas([ImagePanel("input", shown, title=t("panel.image")),
            MapsPanel(record.name, maps, title=t("panel.maps", name=record.name), field=record.receptive_field,
                      labels=labels)], key="walk", t=t)


def _page_of_maps(record: LayerRecord, output: Tensor, t: Text) -> tuple[Tensor, int]:
    """The channels that travel, and the number of the first one: all of them unless the layer is very large."""
    if output.ndim != 3 or output.numel() <= MOST_VALUES:
        return output, 0
    many = max(1, MOST_VALUES // (output.shape[1] * output.shape[2]))
    firsts = range(0, output.shape[0], many)
    first = st.segmented_control(t("page_of_maps"), firsts, default=0, required=True, key=f"{record.name}.channels",
                                 format_func=lambda first: f"{first}–{min(first + many, output.shape[0]) - 1}")
    return output[first:first + many], first


def say_layer(network: NetworkChoice, record: LayerRecord, t: Text) -> None:
    """What a layer does, why it is there, and its arithmetic with the numbers put in."""
    from cnnviz.trace.arithmetic import arithmetic
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
    st.markdown("\n".join(f"- {formulas(line.label)}  \n  `{line}`" for line in arithmetic(record)))
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


def say_state(preparation: Preparation, seed: int, t: Text) -> None:
    """What the reader must know of the numbers on the screen: untrained weights, an enlarged image."""
    st.caption(t("untrained", seed=seed))
    if preparation.upscaled:
        st.caption(t("enlarged", times=f"{max(preparation.upscaled):.3g}"))


def class_names(network: NetworkChoice, picture: PictureChoice) -> list[str]:
    """The names of the network's classes where the image's own set has as many; else none."""
    from cnnviz.data import DATASETS

    name = "digits" if picture.name == "digit" else picture.name
    entry = DATASETS.get(name)
    if entry is None or entry.num_classes != network.num_classes:
        return []
    return [entry.class_name(index, language()) for index in range(entry.num_classes)]


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
