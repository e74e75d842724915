"""The parts of the Architectures page: the facts of a network, its cost, and its source."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnnviz.definitions.source_writer import to_source
from cnnviz.figures.layer_words import kind_description, kind_name
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.spec_words import describe_option, layer_purpose, network_title
from cnnviz.options import format_value
from cnnviz.text import Text, load
from cnnviz.text.numbers import short_bytes, short_number
from cnnviz.trace import memory
from cnnviz.trace.record import Trace
from cnnviz.trace.source import to_pytorch
from cnnviz.ui.core import url
from cnnviz.ui.core.language import language
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs import own_network
from cnnviz.ui.inputs.links import OWN_NETWORK
from cnnviz.ui.inputs.option_widgets import select_options
from cnnviz.ui.pages.architectures import page_links
from cnnviz.ui.pages.architectures.links import LAYER
from cnnviz.zoo import architecture
from cnnviz.zoo.factory import smallest_size
from cnnviz.zoo.one_pixel_size import largest_one_pixel_size

TRAINING_BATCH = 32
"""Images of the step whose memory is told."""
_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam"}


def draw_idea(name: str, t: Text) -> None:
    """Draw what a network is about; of the user's own, its name."""
    idea = load("controls", t.language)("own.title") if name == OWN else load(f"zoo/{name}", t.language)("idea")
    st.markdown(f"**{idea}**")


def draw_origin(name: str, t: Text) -> None:
    """Draw year, authors, paper, and the course's training of a network; nothing of the user's own."""
    if name == OWN:
        return
    entry = architecture(name)
    st.header(t("origin.title"))
    st.markdown(load(f"zoo/{name}", t.language)("origin"))
    st.markdown(
        t(
            "facts.paper",
            year=entry.year,
            authors=t.listed(entry.authors.split(", ")),
            title=entry.paper.title,
            url=entry.paper.url,
            venue=entry.paper.venue,
        )
    )
    for recipe in entry.recipes:
        form = t.listed(describe_option(name, *chosen, t.language) for chosen in (recipe.options or {}).items())
        st.caption(
            t(
                f"facts.recipe.{recipe.source}",
                form=t("facts.form", options=form) if form else "",
                optimizer=_OPTIMIZERS[recipe.optimizer],
                rate=f"{recipe.learning_rate:g}",
                batch=recipe.batch_size,
                size=recipe.image_size,
                epochs=recipe.epochs,
            )
        )


def select_network(name: str, t: Text) -> ModelSpec:
    """Draw the options of a network, or what is to say of the user's own; return its spec.

    Raises:
        UserError: a network of the user's own that does not run.
    """
    if name != OWN:
        network = select_options(name, columns=1)
        draw_smallest_size(network, t)
        return network
    text = url.value(OWN_NETWORK)
    own_network.draw_own_network(text)
    return own_network.own_spec(url.keep(OWN_NETWORK, text))


def figure_caption(network: ModelSpec, trace: Trace) -> str:
    """Return the network and the size of its input, as a figure tells them."""
    changed = (
        {} if network.definition is not None else architecture(network.architecture).changed(dict(network.options))
    )
    options = [f"{name}={format_value(value)}" for name, value in network.options if name in changed]
    return " · ".join((network_title(network, language()), *options, "×".join(map(str, trace.input_shape))))


def draw_smallest_size(network: ModelSpec, t: Text) -> None:
    """Draw the smallest image that the network takes, and up to which size its last feature maps are one pixel."""
    form = architecture(network.architecture), dict(network.options), network.input_shape[0], network.num_classes
    smallest, one_pixel = smallest_size(*form), largest_one_pixel_size(*form)
    said = [t("smallest.padded") if smallest == 1 else t("smallest.size", size=smallest)]
    if one_pixel is not None:
        said.append(t("smallest.one_pixel", size=one_pixel))
    st.caption(t.row(said))


def draw_totals(trace: Trace, t: Text) -> None:
    """Draw parameters, multiply-adds, depth, and the memory of a prediction and of a training step."""
    held = {
        t("totals.params"): (short_number(trace.num_params), f"{trace.num_params:,}"),
        t("totals.macs"): (short_number(trace.macs), f"{trace.macs:,}"),
        t("totals.depth"): (str(trace.depth), t("totals.depth_help")),
        t("totals.prediction"): (short_bytes(memory(trace).predict.total), t("totals.prediction_help")),
        t("totals.training", batch=TRAINING_BATCH): (
            short_bytes(memory(trace, TRAINING_BATCH).train.total),
            t("totals.training_help"),
        ),
    }
    with st.container(horizontal=True):
        for label, (value, help_text) in held.items():
            st.metric(label, value, help=help_text, border=True)
    if trace.uncounted:
        st.caption(t("totals.uncounted", rows=t.listed(trace.uncounted)))


def selected_row(trace: Trace) -> str | None:
    """Return the row chosen in the diagram before, or by the link."""
    names = tuple(row.name for row in trace.layers)
    return url.value(LAYER.among(names))


def draw_row(network: ModelSpec, trace: Trace, name: str | None, t: Text) -> None:
    """Draw the chosen layer's task, its reason, and the link to its maps; its name goes into the URL."""
    layer = LAYER.among([row.name for row in trace.layers])
    if name is None:
        name = layer.default
    if name != st.session_state[layer.name]:
        url.put(layer, name)
    url.keep(layer, name)
    row = trace[name]
    kinds = load("kinds", t.language)
    st.markdown(f"**{escape_markdown(row.name)}** · {kind_name(row, kinds)} · {'×'.join(map(str, row.shape))}")
    reason = layer_purpose(network, row.name, t.language)
    st.markdown(kinds.row([kind_description(row, kinds), *([reason] if reason else [])]))
    page_links.draw_page_links(network, row.name, t)


@st.cache_data(max_entries=64, show_spinner=False)
def pytorch_source(network: ModelSpec) -> str:
    """Return the equivalent PyTorch of a network.

    Raises:
        UserError: the pass holds something that has no such form.
    """
    if network.definition is not None:
        return to_source(replace(network.definition, input_shape=network.input_shape))
    return to_pytorch(network.build(device="meta"), network.trace())
