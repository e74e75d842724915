"""The parts of the Architectures page: the facts of a network, its cost, and its source."""

from __future__ import annotations

import streamlit as st

from cnnviz.figures.layer_words import kind_description, kind_name
from cnnviz.models.spec import ModelSpec
from cnnviz.models.spec_words import describe_option
from cnnviz.options import format_value
from cnnviz.text import Text, load
from cnnviz.text.numbers import short_bytes, short_number
from cnnviz.trace import memory
from cnnviz.trace.record import Trace
from cnnviz.trace.source import to_pytorch
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.architectures import page_links
from cnnviz.ui.pages.architectures.links import LAYER
from cnnviz.zoo import architecture
from cnnviz.zoo.factory import smallest_size
from cnnviz.zoo.layer_purpose import purpose_key
from cnnviz.zoo.one_pixel_size import largest_one_pixel_size

TRAINING_BATCH = 32
"""Images of the step whose memory is told."""
_OPTIMIZERS = {"sgd": "SGD", "adam": "Adam"}


def draw_facts(name: str, t: Text) -> None:
    """Draw year, authors, paper, the idea, and the course's training of a network."""
    entry, words = architecture(name), load(f"zoo/{name}", t.language)
    st.markdown(f"**{words('idea')}**")
    st.markdown(words("origin"))
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


def figure_caption(network: ModelSpec, trace: Trace) -> str:
    """Return the network and the size of its input, as a figure tells them."""
    entry = architecture(network.architecture)
    changed = entry.changed(dict(network.options))
    options = [f"{name}={format_value(value)}" for name, value in network.options if name in changed]
    return " · ".join((entry.title, *options, "×".join(map(str, trace.input_shape))))


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
    kinds, words = load("kinds", t.language), load(f"zoo/{network.architecture}", t.language)
    st.markdown(f"**{escape_markdown(row.name)}** · {kind_name(row, kinds)} · {'×'.join(map(str, row.shape))}")
    reason = purpose_key(network.architecture, row.name)
    st.markdown(kinds.row([kind_description(row, kinds), *([words(reason)] if reason else [])]))
    page_links.draw_page_links(network, row.name, t)


@st.cache_data(max_entries=64, show_spinner=False)
def pytorch_source(network: ModelSpec) -> str:
    """Return the equivalent PyTorch of a network.

    Raises:
        UserError: the pass holds something that has no such form.
    """
    return to_pytorch(network.build(device="meta"), network.trace())
