"""The first page from top to bottom: a drawing read by LeNet, three ways on, the book's sections, the families.

The drawing that it begins with was read when the facts were made: nothing here loads torch before somebody draws.
"""

from __future__ import annotations

import streamlit as st

from cnnviz.data.pen_drawing import PenDrawing
from cnnviz.facts import LayerSummary, load_facts
from cnnviz.text import Text, load
from cnnviz.text.numbers import percent, short_number
from cnnviz.ui.components.pad.pad_view import (
    STROKES,
    ClassScores,
    LayerPicture,
    draw_pad,
    is_pen_up,
)
from cnnviz.ui.core import shell, url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.home import page_links
from cnnviz.ui.pages.home.book_index import SECTIONS, section_title

_OPEN = "home.open"
"""The layer whose picture was clicked."""
_INDEX_WIDTH, _FAMILY_WIDTH = 200, 216
"""Pixels of an entry."""


def seed_drawing() -> None:
    """Begin with the drawing of the link, of a page before, or the recorded one."""
    url.value(STROKES.usual(load_facts().recorded.drawing))


def network_title() -> str:
    """Return the title of the network that reads the drawing."""
    return next(network.title for network in load_facts().networks if network.name == page_links.NETWORK)


def draw_reading(t: Text) -> None:
    """Draw the pad with the maps and the prediction, which follow what is drawn."""
    with st.container(key="reading"):
        shell.fragment()(_reading)(t)


def draw_index(t: Text) -> None:
    """Draw the sections of the book, each a link to its page."""
    st.header(t("index.title"))
    st.caption(t("index.lead"))
    with st.container(horizontal=True, gap="small"):
        for section in SECTIONS:
            with st.container(width=_INDEX_WIDTH, gap=None):
                number, one, other = section.numbers(t.language)
                title = t("index.section", number=number, title=escape_markdown(section_title(section, t)))
                shell.page_link(section.page, title, **section.query)
                st.caption(t("index.others", one=one, other=other))


def draw_families(t: Text) -> None:
    """Draw the eight families in the order of their years."""
    st.header(t("timeline.title"))
    with st.container(horizontal=True, gap="small", key="families"):
        for network in sorted(load_facts().networks, key=lambda network: network.year):
            words = load(f"zoo/{network.name}", t.language)
            with st.container(width=_FAMILY_WIDTH, gap="xsmall"):
                st.markdown(f"#### {network.year} · {network.title}")
                st.markdown(f"**{words('line')}**")
                st.markdown(words("changed"))
                st.caption(
                    t(
                        "timeline.facts",
                        layers=network.num_weighted,
                        params=short_number(network.num_params),
                        macs=short_number(network.macs),
                        size=network.input_shape[1],
                    )
                )
                shell.page_link("walkthrough", t("timeline.walk", title=network.title), net=network.name)
    st.html(_FAMILY_STYLE)


_FAMILY_STYLE = """<style>
.st-key-families > * { border-top: 2px solid color-mix(in srgb, currentColor 35%, transparent); padding-top: 0.5rem; }
</style>"""


def _reading(t: Text) -> None:
    layer = st.session_state.pop(_OPEN, None)
    if layer is not None:
        shell.go_to("walkthrough", **page_links.walk_query(), layer=layer or load_facts().layers[-1].name)
    text: str = st.session_state[STROKES.name]
    if is_pen_up():
        url.keep(STROKES.usual(load_facts().recorded.drawing), text)
    values, answer = _answer(text, t)
    draw_pad(
        key="pad",
        language=t.language,
        layers=[_layer(layer, t) for layer in load_facts().layers[:-1]],
        values=values,
        answer=answer,
        on_open=lambda name: st.session_state.update({_OPEN: name}),
    )


def _answer(text: str, t: Text) -> tuple[bytes, ClassScores | None]:
    """Return the outputs of the layers but the last as bytes, and the prediction; nothing for an empty drawing."""
    recorded = load_facts().recorded
    if not text:
        return b"", None
    if text == recorded.drawing:
        return recorded.values, _describe_answer(recorded.probabilities, (), t)
    from cnnviz.data.handwriting import doubt_confidence
    from cnnviz.facts.drawing import WEIGHTS, predict_drawing
    from cnnviz.models import load_model
    from cnnviz.ui.inputs.model_cache import cached_network

    lenet = load_model(WEIGHTS)
    reading = predict_drawing(PenDrawing.parse(text), cached_network(lenet), lenet.spec.trace())
    doubts = [doubt.describe(t.language) for doubt in reading.doubts]
    unsure = doubt_confidence(max(reading.probabilities), t.language)
    values = b"".join(output.numpy().astype("<f4").tobytes() for output in reading.outputs.values())
    return values, _describe_answer(reading.probabilities, (*doubts, unsure) if unsure else doubts, t)


def _describe_answer(probabilities: tuple[float, ...], notes: tuple[str, ...] | list[str], t: Text) -> ClassScores:
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return ClassScores(
        t("prediction", digit=best, share=percent(probabilities[best])),
        tuple(map(str, range(len(probabilities)))),
        probabilities,
        tuple(map(percent, probabilities)),
        page_links.layer_href(load_facts().layers[-1].name),
        tuple(notes),
    )


def _layer(layer: LayerSummary, t: Text) -> LayerPicture:
    if len(layer.shape) == 1:
        shape = t("layer.values", count=layer.shape[0])
    else:
        count, height, width = layer.shape
        shape = t("layer.maps", count=count, height=height, width=width)
    sees = t("layer.sees_all") if layer.sees is None else t("layer.sees", size=layer.sees)
    alt = t("layer.alt", name=layer.name, shape=shape, sees=sees)
    return LayerPicture(layer.name, layer.shape, (shape, sees), alt, page_links.layer_href(layer.name))
