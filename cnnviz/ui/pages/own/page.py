"""The parts of the page of one's own network: the text, what it gives, where it breaks, what to mind, its layers."""

from __future__ import annotations

from math import prod

import streamlit as st

from cnnviz.definitions.diagnosis import Diagnosis
from cnnviz.definitions.diagnosis_words import describe_advice, describe_fix
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.shape_clash import times
from cnnviz.errors import UserError
from cnnviz.text import Text, load
from cnnviz.ui.components.diagram import diagram
from cnnviz.ui.components.diagram.diagram_files import diagram_files
from cnnviz.ui.components.figure import page_object
from cnnviz.ui.components.layer_table import layer_column_formats, layer_table
from cnnviz.ui.core import url
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.own import block_table, opened_file, own_session, page_links
from cnnviz.ui.pages.own.links import BLOCKS, EDITOR
from cnnviz.ui.pages.own.own_reading import OwnReading, read_network, spec_of, traced
from cnnviz.ui.pages.own.source_excerpt import marked_lines
from cnnviz.zoo import ARCHITECTURES

TEXT_HEIGHT = 400
_TEXT, _IMAGE, _OPENED = "own.text", "own.image", "own.opened"


def draw_editor(t: Text) -> None:
    """Draw what the text begins with, the size of the images, and the text."""
    held = own_session.held_network()
    st.session_state[_IMAGE] = held.image
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("open.label"),
            tuple(ARCHITECTURES),
            index=None,
            key=_OPENED,
            placeholder=t("open.placeholder"),
            format_func=lambda name: f"{ARCHITECTURES[name].title} ({ARCHITECTURES[name].year})",
            help=t("open.help"),
            on_change=_opened,
            width=200,
        )
        st.text_input(
            t("image.label"), key=_IMAGE, max_chars=40, help=t("image.help"), on_change=_image_typed, width=130
        )
        st.button(t("undo"), icon=":material/undo:", on_click=own_session.undo, disabled=not held.past)
    with st.container(horizontal=True):
        editor = url.select(
            EDITOR, t("by.label"), lambda by: t(f"by.{by}"), style="segments", label_visibility="collapsed"
        )
        opened_file.draw_opener(t)
    opened_file.draw_refusal()
    if editor == BLOCKS:
        block_table.draw_blocks(t)
        return
    st.session_state[_TEXT] = held.text
    st.text_area(
        t("text.label"), key=_TEXT, height=TEXT_HEIGHT, max_chars=40_000, help=t("text.help"), on_change=_text_typed
    )
    st.caption(t("text.safe"))


def _opened() -> None:
    name = st.session_state[_OPENED]
    opened_file.forget_refusal()
    if name in ARCHITECTURES:
        own_session.open_network(name)
    st.session_state[_OPENED] = None


def _image_typed() -> None:
    own_session.change(image=str(st.session_state[_IMAGE]))


def _text_typed() -> None:
    opened_file.forget_refusal()
    own_session.take_text(str(st.session_state[_TEXT]))


def draw_result(t: Text) -> Diagnosis | None:
    """Draw whether the network runs, where it breaks and what mends it, and its diagram; return what was found.

    Of a text that cannot be read the sentence and its line are drawn, and None is returned.
    """
    try:
        reading = read_network()
    except UserError as error:
        draw_failure(error)
        if isinstance(error, SourceError):
            _draw_excerpt(marked_lines(own_session.held_network().text, [error.line], error.column))
        return None
    found = reading.found
    own_session.keep_link(reading.definition)
    if found.clash is None:
        _draw_sizes(found, t)
    else:
        _draw_break(reading, t)
    if found.reached is not None:
        if found.clash is not None:
            st.caption(t("break.reached"))
        trace, caption = traced(found), f"{t('title')} · {times(found.shapes.image)}"
        with page_object("diagram", t, caption=caption, files=diagram_files(trace, "own", caption)):
            diagram(trace, key="own.diagram", language=t.language)
    if found.clash is None and _has_scores(found):
        page_links.draw_page_links(spec_of(reading), t)
    return found


def _has_scores(found: Diagnosis) -> bool:
    """Return whether the network ends with one number per class."""
    return len(found.shapes.of(found.definition.output_index)) == 1


def _draw_sizes(found: Diagnosis, t: Text) -> None:
    scores = found.shapes.of(found.definition.output_index)
    sizes = {"image": times(found.shapes.image), "scores": times(scores)}
    totals = {"params": sum(found.shapes.parameters), "macs": sum(found.shapes.macs)}
    if _has_scores(found):
        st.success(t("runs", **sizes, **totals), icon=":material/check_circle:")
    else:
        st.warning(t("no_scores", **sizes, count=prod(scores)), icon=":material/info:")


def _draw_break(reading: OwnReading, t: Text) -> None:
    found = reading.found
    assert found.clash is not None
    assert found.broken is not None
    draw_failure(found.clash)
    lines = [line for line in found.lines if line > 0]
    if reading.text is None:
        st.caption(t("break.block", number=found.broken + 1))
    elif lines:
        st.caption(t("break.line", line=lines[0]))
        _draw_excerpt(marked_lines(reading.text, lines))
    st.markdown(t("break.arithmetic", arithmetic=escape_markdown(found.clash.arithmetic)))
    if not found.fixes:
        st.caption(t("break.no_fix"))
        return
    st.markdown(t("break.fixes"))
    for place, fix in enumerate(found.fixes):
        st.button(
            escape_markdown(describe_fix(found, fix, t.language)),
            key=f"own.fix.{place}",
            icon=":material/build:",
            type="primary" if place == 0 else "secondary",
            on_click=own_session.change if reading.text is not None else own_session.take_definition,
            args=(fix.source if reading.text is not None else fix.definition,),
        )


def _draw_excerpt(text: str) -> None:
    st.code(text, language=None)


def draw_advice(found: Diagnosis, t: Text) -> None:
    """Draw what to mind in the network, each with its reason and its line."""
    if not found.advice:
        return
    st.header(t("advice.title"))
    for advice in found.advice:
        said = escape_markdown(describe_advice(advice, t.language))
        told = said if advice.line is None else t.row([t("advice.line", line=advice.line), said])
        st.info(told, icon=":material/lightbulb:")


def draw_layers(found: Diagnosis, t: Text) -> None:
    """Draw the table of the layers that run, with shape, parameters, multiply-adds and receptive field."""
    if found.reached is None:
        return
    words = load("pages/architectures", t.language)
    st.header(words("table.title"))
    table = layer_table(traced(found), words)
    st.dataframe(table, hide_index=True, column_config=layer_column_formats(words), placeholder="")
