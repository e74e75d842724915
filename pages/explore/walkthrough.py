"""One image through one network: at every layer its maps, where each value comes from, what its units see."""

import streamlit as st

from cnnviz.ui.components import stepper
from cnnviz.ui.components.canvas import canvas_component
from cnnviz.ui.components.diagram import diagram, diagram_component
from cnnviz.ui.components.microscope import microscope_component
from cnnviz.ui.core import shell
from cnnviz.ui.core.component_files import preload
from cnnviz.ui.inputs import image_picker
from cnnviz.ui.inputs.image_choice import image_set_of
from cnnviz.ui.inputs.model_picker import select_model
from cnnviz.ui.inputs.model_words import draw_model
from cnnviz.ui.inputs.prediction import draw_prediction
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

t = shell.begin_page("walkthrough")
with st.container(gap=None):  # what is fetched ahead takes no room
    st.title(t("title"))
    preload(canvas_component, microscope_component, diagram_component)

network_column, image_column = st.columns(2, gap="medium")
with network_column:
    model = select_model()
with image_column:
    image = image_picker.select_image(model)
    beside, seen = st.container(), st.container()
    with st.expander(t("preparation"), icon=":material/crop:"):
        image, preparation = image_picker.fit_image(image, model, beside)
    with seen:
        draw_prediction(model, image)
    classes = model.class_names(t.language, image_set_of(image), numbered=False)
    several = model.multi_label
with st.container(gap=None):
    draw_model(model)
    if preparation.upscaled:
        st.caption(t("enlarged", times=f"{max(preparation.upscaled):.3g}"))
    del preparation  # a session keeps the names that `steps` sees, and with them these images


@shell.fragment(run_every=stepper.SECONDS if st.session_state.get("play") else None)
def steps() -> None:
    """The layer on the screen; stepping reruns this part alone."""
    softmax.rerun_if_requested()
    notes, steps_bar, top = st.container(), st.container(), st.container()
    try:
        trace = model.spec.trace()
        names = [record.name for record in trace.layers]
        after = softmax.row_after(trace, several)
        layer = stepper.resolve_layer([*names, after.name] if after else names)
        record = after if after and layer == after.name else trace[layer]
        labels = classes if layer not in names[:-1] else []
        looks = pin.settle(model.spec, record)
        walked = None
        with top, shell.guarded():  # the maps before anything else: they are what a reader steps for
            walked = activations.load_activations(model, image)
            output = softmax.output_of(walked, record, after)
            place = pin.show(looks, record, output)
            heat = None
            if receptive_field.wants_heat() and place is not None and record is not after:
                with shell.guarded():
                    heat = receptive_field.heat_of(model, image, record, place)
            ranges = {} if record is after else activations.ranges_of(model, image, walked, t)
            feature_maps.draw_maps(walked, record, output, ranges, looks, heat, labels, t)
            shell.flush()
            if record is not after:
                activations.draw_ranges_button(walked, ranges, t)
        with steps_bar:
            titles = layer_words.layer_titles([*trace.layers, *([after] if after else [])], t.language)
            stepper.draw_steps(list(titles), len(names), titles, t)
        left, right = st.columns([1.7, 1], gap="large")
        with left, shell.guarded():
            if record is not after:
                with st.container(horizontal=True, vertical_alignment="center"):
                    view = view_picker.select_view(t)
                    receptive_field.ask_heat(t)
                if view == "growth":
                    receptive_field.draw_growth(trace, record, t)
                elif walked is not None:
                    if view == "value":
                        explanation_view.draw_value(walked, record, looks, labels, t)
                    elif view == "parts":
                        kernels.draw_contributions(walked, record, place, t)
                    elif view == "kernels":
                        kernels.draw_kernels(walked, record, place, t)
                    elif view == "gallery":
                        top_activations.draw_gallery(model, image, record, place[0] if place else None, t)
            elif walked is not None:
                softmax.draw_probabilities(walked, record, looks, labels, t)
        with right:
            layer_words.draw_layer(model.spec, trace, record, t)
            page_links.draw_page_links(model, image, record, t)
            diagram(trace, key="flow", language=t.language, selected=layer, on_pick=stepper.show_layer)
    finally:
        with notes:
            shell.draw_link_warnings()


with st.container(key="steps"):
    steps()
