"""The parts of the saliency lab from top to bottom: the question, the maps, their meaning, how far to trust them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.inputs import image_picker
from cnnviz.ui.inputs.model_picker import select_model
from cnnviz.ui.inputs.model_words import draw_model
from cnnviz.ui.pages.saliency import (
    baseline_picker,
    comparison_axis,
    layer_picker,
    map_computation,
    map_export,
    map_view,
    map_words,
    method_picker,
    page_links,
    prediction_line,
    presets,
)
from cnnviz.ui.pages.saliency.map_request import BaselineChoice
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.target_picker import ClassRanking, select_score, select_target, usual_target
from cnnviz.ui.pages.saliency.training_images import draw_training_images
from cnnviz.ui.pages.saliency.trust.panel import draw_trust


def draw(t: Text) -> None:
    """Draw everything that hangs on one network and one image."""
    head, body = st.container(), st.container()
    with st.expander(t("settings"), icon=":material/tune:"):
        settings = st.container()
    with st.expander(t("preparation"), icon=":material/crop:"):
        preparation = st.container()
    with head:
        subject = select_subject(preparation, t)
        question = st.container()
        names, panes, given, along = draw_question(subject, settings, t)
    with question:
        presets.draw_question(t)
    made: list[tuple[comparison_axis.ComparedMap, Any]] = []
    with body, shell.guarded():
        with st.container():  # what comes and goes moves no canvas: a moved one would forget brush and display
            found = map_computation.compute_maps([pane.case for pane in panes], t)
        map_view.draw_maps(panes, found, given, along, t)
        st.markdown(t("colours"))
        map_words.draw_method_notes(names, t)
        made = [
            (pane, one)
            for pane, one in zip(panes, found, strict=True)
            if one is not None and not isinstance(one, UserError)
        ]
    page_links.draw_page_links(subject, given.layer, t)
    if made:
        with shell.guarded():
            map_export.draw_downloads(made, t)
        draw_trust([pane for pane, _ in made], given, t)
    draw_training_images(given, t)


def select_subject(preparation: Any, t: Text) -> SaliencyInput:
    """Draw the pickers of network and image, with the fitting in the container `preparation`; return both."""
    left, right = st.columns(2, gap="medium")
    with left:
        model = select_model()
    with right:
        image = image_picker.select_image(model)
        beside = st.container()
    with preparation:
        image, _ = image_picker.fit_image(image, model, beside)
    draw_model(model)
    return SaliencyInput(model, image, map_view.seed_painting(model.spec.input_shape))


def draw_question(
    subject: SaliencyInput, settings: Any, t: Text
) -> tuple[list[str], list[comparison_axis.ComparedMap], comparison_axis.MapInputs, str]:
    """Draw what differs, by which methods, for which class; the rest goes into the container `settings`."""
    classes = ClassRanking.of(subject, t.language)
    prediction_line.draw_prediction(subject, classes, t)
    along = comparison_axis.select_axis(t)
    wide, narrow = st.columns(2, gap="medium")
    with wide:
        names = method_picker.select_methods(t) if along == "methods" else [method_picker.select_method(t)]
        more = st.container()
    with settings:
        score = select_score(t)
    with narrow:
        if along == "classes":
            more = st.container()
        target = usual_target(classes, score) if along == "classes" else select_target(classes, score, t)
    with more:
        compared = comparison_axis.select_baselines(t) if along == "baselines" else ()
    with settings:
        layered, based = comparison_axis.needs_layer_and_baseline(along, names)
        place = layer_picker.select_layer(subject, t) if layered else layer_picker.suggested_layer(subject)
        base = baseline_picker.select_baseline(t) if based else BaselineChoice()
        seed = method_picker.select_seed(t) if comparison_axis.uses_seed(names, (base, *compared)) else 0
        if based:
            baseline_picker.draw_thumbnails(subject, seed, (base,), t)
        options = method_picker.draw_options(names, t)
    given = comparison_axis.MapInputs(subject, classes, target, place, base, options, seed, compared)
    with more:
        panes = comparison_axis.compared_maps(along, names, given, t)
    if along == "classes":  # what the page says of one class it says of the first
        given = replace(given, target=panes[0].case.target)
    return names, panes, given, along


def draw_presets(t: Text) -> None:
    """Draw the ready-made questions."""
    st.header(t("question.title"))
    presets.draw_question_buttons(t)
