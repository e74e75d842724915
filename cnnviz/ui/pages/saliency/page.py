"""The saliency lab from top to bottom: the question, its answer in a sentence, the maps, how far to trust them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.attribution import Attribution
from cnnviz.text import Text
from cnnviz.ui.components.figure import page_object
from cnnviz.ui.components.overlays import overlay_room
from cnnviz.ui.core import asking, present, shell, url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs import image_picker
from cnnviz.ui.inputs.model_picker import select_model
from cnnviz.ui.inputs.model_words import draw_model
from cnnviz.ui.pages.saliency import (
    baseline_picker,
    comparison_axis,
    headline,
    layer_picker,
    map_computation,
    map_export,
    map_sentence,
    map_view,
    map_words,
    method_picker,
    page_links,
    prediction_line,
)
from cnnviz.ui.pages.saliency.comparison_axis import ComparedMap, MapInputs
from cnnviz.ui.pages.saliency.map_request import BaselineChoice
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.target_picker import ClassRanking, select_score, select_target, usual_target
from cnnviz.ui.pages.saliency.training_images import draw_training_images
from cnnviz.ui.pages.saliency.trust.meters import draw_meters
from cnnviz.ui.pages.saliency.trust.panel import draw_trust


@dataclass(frozen=True)
class Asked:
    """The question of the page, taken from the link and the settings."""

    axis: str
    names: list[str]
    """Of the methods."""
    maps: list[ComparedMap]
    given: MapInputs


def draw(t: Text) -> None:
    """Draw everything that hangs on one network and one image."""
    with st.container(gap="xsmall"):
        question = st.container(key="question", gap="xsmall")
        pickers, sentence = st.container(key="pickers"), st.container(key="sentence")
    left, right = st.columns([1, 1.55], gap="medium")
    others = right.container(key="others", gap="small")
    with st.expander(t("settings"), icon=":material/tune:"):
        settings = st.container()
    try:
        with pickers:
            subject = select_subject(settings, t)
    except Exception:  # the page says it, and has a heading nonetheless
        question.title(t("title"))
        raise
    classes = ClassRanking.of(subject, t.language)
    with others:
        asked = select_question(subject, classes, settings, t)
    with question:
        headline.draw_headline(asked.axis, asked.names[0], asked.given.target, classes, t)
    made: list[tuple[ComparedMap, Attribution]] = []
    with left, shell.guarded():
        made = draw_maps(asked, others, t)
    with sentence, present.stage("sentence"), shell.guarded():
        target = asked.given.target
        if url.value(present.PRESENT):  # the heading is out of sight
            st.subheader(escape_markdown(headline.question_title(asked.axis, asked.names[0], target, classes, t)))
        told = (subject.model.to_url(), subject.image.to_url(), subject.strokes, target.index)
        if asking.reveal("sentence", told):
            prediction_line.draw_prediction(subject, classes, t)
            if made:
                map_sentence.draw_sentence(made[0][1], classes.names, t)
    if made:
        with right:
            draw_meters(made[0][0], asked.given, t)
    draw_rest(asked, made, t)


def select_subject(settings: DeltaGenerator, t: Text) -> SaliencyInput:
    """Draw the menus of network and image in a row; their options and how the image is fitted go into `settings`."""
    network_column, image_column = st.columns([1, 1.3], gap="small", vertical_alignment="center")
    own = st.container()
    with settings:
        st.markdown(f"**{t('preparation')}**")
        preparation = st.container()
    with network_column:
        model = select_model(preparation)
    with image_column:
        image = image_picker.select_image(model, own, preparation)
    with preparation:
        image, _ = image_picker.fit_image(image, model, own)
        draw_model(model)
    return SaliencyInput(model, image, map_view.seed_painting(model.spec.input_shape))


def select_question(subject: SaliencyInput, classes: ClassRanking, settings: DeltaGenerator, t: Text) -> Asked:
    """Draw what is compared beside its maps, and every other setting in the container `settings`."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        title = st.container(width="content")
        chooser = st.popover(t("alike.choose"), icon=":material/compare:", type="tertiary")
    with chooser:
        axis = comparison_axis.select_axis(t)
        names = method_picker.select_methods(t) if axis == "methods" else [method_picker.select_method(t)]
        compared = comparison_axis.select_baselines(t) if axis == "baselines" else ()
        more = st.container()
    title.subheader(t(f"alike.{axis}"))
    with settings:
        score = select_score(t)
        target = usual_target(classes, score) if axis == "classes" else select_target(classes, score, t)
        layered, based = comparison_axis.needs_layer_and_baseline(axis, names)
        place = layer_picker.select_layer(subject, t) if layered else layer_picker.suggested_layer(subject)
        base = baseline_picker.select_baseline(t) if based else BaselineChoice()
        seed = method_picker.select_seed(t) if comparison_axis.uses_seed(names, (base, *compared)) else 0
        if based:
            baseline_picker.draw_thumbnails(subject, seed, (base,), t)
        options = method_picker.draw_options(names, t)
    given = MapInputs(subject, classes, target, place, base, options, seed, compared)
    with more:
        maps = comparison_axis.compared_maps(axis, names, given, t)
    if axis == "classes":  # what the page says of one class it says of the first
        given = replace(given, target=maps[0].case.target)
    return Asked(axis, names, maps, given)


def draw_maps(asked: Asked, others: DeltaGenerator, t: Text) -> list[tuple[ComparedMap, Attribution]]:
    """Draw the first map large here and the others small in the container `others`; return those that were made."""
    with st.container():  # what comes and goes moves no canvas: a moved one would forget brush and display
        found = map_computation.compute_maps([pane.case for pane in asked.maps], t)
    alike = map_view.agreements(found, asked.given)
    map_view.draw_maps(asked.maps, found, alike, asked.given, asked.axis, t)
    st.caption(t("where_not_why"))
    with others:
        map_view.draw_agreement(asked.axis, alike, t)
        network, image = asked.given.subject.shown()
        caption = " · ".join((network, *(pane.title for pane in asked.maps[1:]), image))
        with page_object("others", t, caption=caption):
            overlay_room(map_view.ROOM)
    return [(pane, one) for pane, one in zip(asked.maps, found, strict=True) if isinstance(one, Attribution)]


def draw_rest(asked: Asked, made: Sequence[tuple[ComparedMap, Attribution]], t: Text) -> None:
    """Draw what leads on from the maps: links, files, every test of trust, training images, the methods' limits."""
    page_links.draw_page_links(asked.given.subject, asked.given.layer, t)
    if made:
        with shell.guarded():
            map_export.draw_downloads(made, t)
        draw_trust([pane for pane, _ in made], asked.given, t)
    draw_training_images(asked.given, t)
    with st.expander(t("notes.title"), icon=":material/menu_book:"):
        map_words.draw_method_notes(asked.names, [one for _, one in made], t)
