"""The Walkthrough from top to bottom: network and image, then the layer on the screen with its maps and its numbers."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from cnnviz.models import TrainedModel
from cnnviz.models.spec_words import network_title
from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.record import LayerRecord, Trace
from cnnviz.ui.components import stepper
from cnnviz.ui.components.diagram import diagram
from cnnviz.ui.core import asking, present, shell
from cnnviz.ui.core.heavy_work import HeavyWork
from cnnviz.ui.inputs import image_picker
from cnnviz.ui.inputs.image_choice import ImageChoice, image_set_of
from cnnviz.ui.inputs.model_picker import select_model
from cnnviz.ui.inputs.model_words import draw_model
from cnnviz.ui.inputs.prediction import draw_prediction
from cnnviz.ui.inputs.walk_cache import compute_output, load_activations
from cnnviz.ui.pages.walkthrough import (
    activations,
    explanation_view,
    feature_maps,
    kernels,
    layer_words,
    page_links,
    pin,
    receptive_field,
    softmax,
    top_activations,
    view_picker,
)
from cnnviz.ui.pages.walkthrough.joins import JOINS, draw_join
from cnnviz.ui.pages.walkthrough.pin_state import PinState


@dataclass(frozen=True, slots=True)
class WalkInput:
    """A trained model and one image, by name: a session keeps no images for the part that steps."""

    model: TrainedModel
    image: ImageChoice
    classes: list[str]
    """Names of the classes; empty where they are not known."""


@dataclass(frozen=True, slots=True)
class Step:
    """The layer on the screen, or the softmax or sigmoid behind the last one."""

    trace: Trace
    after: LayerRecord | None
    """The step behind the last layer; None where the network does not end in scores."""
    record: LayerRecord
    labels: list[str]
    """Names of the units where they are classes, else empty."""

    @property
    def is_layer(self) -> bool:
        """Return False for the step behind the last layer."""
        return self.record is not self.after


def select_input(t: Text) -> WalkInput:
    """Draw the title and the pickers of network, weights and image in one row, and below it what is predicted."""
    with st.container(key="pickers"):
        title, network_column, image_column = st.columns([0.75, 1.7, 2.4], gap="small", vertical_alignment="center")
        said = st.container(horizontal=True, vertical_alignment="center", gap="small", key="said")
        own = st.container()
    title.title(t("title"))
    with network_column:
        model = select_model(said)
    with said:
        answer = present.stage("prediction", width="content")
        preparing = st.popover(t("preparation"), icon=":material/crop:")
    with image_column:
        image = image_picker.select_image(model, own, preparing)
    with preparing:
        image, preparation = image_picker.fit_image(image, model, st.container())
        if preparation.upscaled:
            st.caption(t("enlarged", times=f"{max(preparation.upscaled):.3g}"))
    with answer:
        draw_prediction(model, image)
    with said.container(width="content", gap=None):
        draw_model(model)
    classes = model.class_names(t.language, image_set_of(image), numbered=False)
    return WalkInput(model, image, list(classes))


def draw_steps(given: WalkInput, t: Text) -> None:
    """Draw the part that steps through the layers; stepping reruns this part alone."""
    playing = stepper.SECONDS if st.session_state.get("play") else None
    with st.container(key="steps"):
        shell.fragment(run_every=playing)(_draw_step)(given, t)


def _draw_step(given: WalkInput, t: Text) -> None:
    softmax.rerun_if_requested()
    notes, strip = st.container(), st.container(key="strip")
    pictures, words = st.columns([1.9, 1], gap="medium")
    try:
        step = _select_step(given)
        pin.open_layer(given.model.spec, step.record)
        rows = [*step.trace.layers, *([step.after] if step.after else [])]
        titles = layer_words.layer_titles(rows, t.language)
        walk, overview, value = None, activations.Overview({}, {}), None
        with pictures, shell.guarded():  # the maps before anything else: they are what a user steps for
            walk = _compute_walk(given, step, t)
            if walk is not None:
                overview = _draw_maps(given, step, walk, t)
        with strip:
            stepper.draw_steps(rows, titles, overview.thumbnails, t)
        with words.container(key="words"):
            layer_words.draw_layer(given.model.spec, step.trace, step.record, t)
            with shell.guarded():
                if walk is not None and step.is_layer:
                    value = explanation_view.explain_pin(walk, step.record, pin.current())
                    explanation_view.draw_formula(value, t)
            page_links.draw_page_links(given.model, given.image, step.record, t)
        with shell.guarded():
            if walk is not None and step.is_layer:
                explanation_view.draw_value(walk, value, pin.current(), step.labels, _caption(given, step, t), t)
            _draw_view(given, step, pin.current(), walk, t)
        with st.expander(t("network"), key="network", icon=":material/account_tree:", on_change="rerun") as drawer:
            stepper.draw_menu(list(titles), len(step.trace.layers), titles, t)
            if drawer.open:
                name = step.record.name
                diagram(step.trace, key="flow", language=t.language, selected=name, on_pick=stepper.show_layer)
    finally:
        with notes:
            shell.draw_link_warnings()


def _select_step(given: WalkInput) -> Step:
    trace = given.model.spec.trace()
    names = [record.name for record in trace.layers]
    after = softmax.row_after(trace, given.model.multi_label)
    layer = stepper.resolve_layer([*names, after.name] if after else names)
    record = after if after and layer == after.name else trace[layer]
    return Step(trace, after, record, given.classes if layer not in names[:-1] else [])


def _compute_walk(given: WalkInput, step: Step, t: Text) -> LazyActivations | None:
    """Return the walk with the step's layer computed; None where the user stopped that."""
    layer = step.record.name if step.is_layer else step.record.inputs[0]
    with st.container():  # what comes and goes moves no canvas
        walk = load_activations(given.model, given.image)
        work = HeavyWork((given.model, given.image, layer), "walk", t.language)
        return walk if compute_output(walk, layer, work) else None


def _draw_maps(given: WalkInput, step: Step, walk: LazyActivations, t: Text) -> activations.Overview:
    """Draw the image and the maps with the pin; return what is known of all rows at a glance."""
    output = softmax.output_of(walk, step.record, step.after)
    state = pin.show_unit(step.record, output)
    heat: Tensor | None = None
    if receptive_field.wants_heat() and state.shown is not None and step.is_layer:
        with shell.guarded():
            heat = receptive_field.heat_of(given.model, given.image, step.record, state.shown, t.language)
    overview = activations.overview_of(given.model, given.image, walk, t)
    ranges = overview.ranges if step.is_layer else {}
    feature_maps.draw_maps(
        walk,
        step.record,
        output,
        ranges,
        state.shown,
        heat,
        step.labels,
        _caption(given, step, t),
        _is_covered(step, state, output),
        t,
    )
    shell.flush()
    activations.draw_ranges_button(walk, overview.ranges, t)
    return overview


def _caption(given: WalkInput, step: Step, t: Text) -> str:
    """Return the network, the layer and the image, as a figure tells them."""
    title = layer_words.layer_titles([step.record], t.language)[step.record.name]
    image = " ".join(value for key, value in given.image.to_url().items() if key in ("image", "n"))
    return " · ".join((network_title(given.model.spec, t.language), title, image))


def _is_covered(step: Step, state: PinState, output: Tensor) -> bool:
    if not step.is_layer or state.shown is None or state.pixel is not None:
        return False
    value = float(output[tuple(state.shown)])
    return asking.is_covered(explanation_view.ANSWER, explanation_view.answer_of(step.record.name, state.shown, value))


def _draw_view(given: WalkInput, step: Step, state: PinState, walk: LazyActivations | None, t: Text) -> None:
    """Draw the chosen view of the layer, or the probabilities; `walk` is None where the maps could not be computed."""
    record, unit = step.record, state.shown
    if not step.is_layer:
        if walk is not None:
            softmax.draw_probabilities(walk, record, state, step.labels, t)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        view = view_picker.select_view(t)
        receptive_field.ask_heat(t)
    if view == "growth":
        receptive_field.draw_growth(step.trace, record, t)
    elif walk is None:
        return
    elif view is None and unit is not None and record.kind in JOINS:
        draw_join(walk, record, unit, t)
    elif view == "parts":
        kernels.draw_contributions(walk, record, unit, t)
    elif view == "kernels":
        kernels.draw_kernels(walk, record, unit, t)
    elif view == "gallery":
        top_activations.draw_gallery(given.model, given.image, record, unit[0] if unit is not None else None, t)
