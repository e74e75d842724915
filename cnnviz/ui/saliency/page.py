"""The saliency lab from top to bottom: what is asked, the maps, what they mean, how far to trust them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.errors import Refusal
from cnnviz.text import Text
from cnnviz.ui import picture, shell
from cnnviz.ui.choose import choose_network
from cnnviz.ui.network import cached_trace
from cnnviz.ui.saliency import answer, axis, baseline, compute, export, layer, maps, methods, questions, words
from cnnviz.ui.saliency.case import Baseline
from cnnviz.ui.saliency.subject import Subject
from cnnviz.ui.saliency.target import Classes, pick_score, pick_target, usual_target
from cnnviz.ui.saliency.training_images import show_training_images
from cnnviz.ui.saliency.trust.panel import show_trust
from cnnviz.ui.weight_words import say_weights


def draw(t: Text) -> None:
    """Everything that hangs on one network and one image."""
    head, body = st.container(), st.container()
    with st.expander(t("settings"), icon=":material/tune:"):
        settings = st.container()
    with st.expander(t("preparation"), icon=":material/crop:"):
        preparation = st.container()
    with head:
        subject = pick_subject(preparation, t)
        question = st.container()
        names, panes, given, along = ask(subject, settings, t)
    with question:
        questions.say_question(t)
    made: list[tuple[axis.Pane, Any]] = []
    with body, shell.guarded():
        with st.container():  # what comes and goes moves no canvas: a moved one would forget brush and display
            found = compute.maps_of([pane.case for pane in panes], t)
        maps.draw_maps(panes, found, given, along, t)
        st.markdown(t("colours"))
        words.say_methods(names, t)
        made = [
            (pane, one)
            for pane, one in zip(panes, found, strict=True)
            if one is not None and not isinstance(one, Refusal)
        ]
    ties(subject, given.layer, t)
    if made:
        with shell.guarded():
            export.offer(made, t)
        show_trust([pane for pane, _ in made], given, t)
    show_training_images(given, t)


def pick_subject(preparation: Any, t: Text) -> Subject:
    """Network and image; how the image is fitted stands in the container `preparation`."""
    left, right = st.columns(2, gap="medium")
    with left:
        chosen = choose_network()
    network, known = chosen.network, chosen.origin
    with right:
        named = picture.pick_picture(network.input_shape[0], known.dataset)
        beside = st.container()
    with preparation:
        image, _ = picture.prepare_picture(named, network.input_shape, known, beside)
    say_weights(chosen)
    return Subject.of(chosen, image, maps.seed_painting(network.input_shape))


def ask(subject: Subject, settings: Any, t: Text) -> tuple[list[str], list[axis.Pane], axis.Given, str]:
    """The question: what differs, by which methods, for which class; the rest goes into the container `settings`."""
    classes = Classes.of(subject, t.language)
    answer.say_answer(subject, classes, t)
    along = axis.pick_axis(t)
    wide, narrow = st.columns(2, gap="medium")
    with wide:
        names = methods.pick_methods(t) if along == "methods" else [methods.pick_method(t)]
        more = st.container()
    with settings:
        score = pick_score(t)
    with narrow:
        if along == "classes":
            more = st.container()
        target = usual_target(classes, score) if along == "classes" else pick_target(classes, score, t)
    with more:
        compared = axis.pick_baselines(t) if along == "baselines" else ()
    with settings:
        layered, based = axis.needs(along, names)
        place = layer.pick_layer(subject, t) if layered else layer.suggested(subject)
        base = baseline.pick_baseline(t) if based else Baseline()
        seed = methods.pick_draw(t) if axis.draws(names, (base, *compared)) else 0
        if based:
            baseline.show(subject, seed, (base,), t)
        options = methods.turn_options(names, t)
    given = axis.Given(subject, classes, target, place, base, options, seed, compared)
    with more:
        panes = axis.panes(along, names, given, t)
    if along == "classes":  # what the page says of one class it says of the first
        given = replace(given, target=panes[0].case.target)
    return names, panes, given, along


def ties(subject: Subject, place: str, t: Text) -> None:
    """Where to go on with the same network and image, to the layer `place` where it is a step of the walk."""
    query = subject.network.query() | subject.weights.query() | subject.picture.query()
    if place in (row.name for row in cached_trace(subject.network).layers):
        query |= {"layer": place}
    with st.container(horizontal=True):
        shell.page_link("walkthrough", t("ties.walkthrough"), **query)
        if subject.weights.kind in ("checkpoint", "run"):
            own = subject.origin.dataset == picture.set_of(subject.picture)
            at = {"at": str(subject.picture.number)} if own else {}
            shell.page_link("mistakes", t("ties.mistakes"), weights=subject.weights.query()["weights"], **at)


def more(t: Text) -> None:
    """The ready-made questions."""
    st.header(t("question.title"))
    questions.show_questions(t)
