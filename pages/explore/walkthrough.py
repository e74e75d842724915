"""One image through one network: at every layer its maps, where each value comes from, what its units see."""

import streamlit as st

from cnnviz.ui import picture, shell, stepper
from cnnviz.ui.canvas import canvas_component
from cnnviz.ui.choose import choose_network
from cnnviz.ui.code import carry
from cnnviz.ui.diagram import diagram, diagram_component
from cnnviz.ui.microscope import microscope_component
from cnnviz.ui.network import cached_trace
from cnnviz.ui.prediction import class_names, is_multi_label, say_prediction
from cnnviz.ui.walkthrough import field, gallery, kernels, maps, softmax, ties, unit, value, views, walk, words
from cnnviz.ui.weight_words import say_weights

t = shell.page("walkthrough")
with st.container(gap=None):  # the carriers take no room
    st.title(t("title"))
    carry(canvas_component, microscope_component, diagram_component)

network_column, image_column = st.columns(2, gap="medium")
with network_column:
    chosen = choose_network()
network, weights = chosen.network, chosen.weights
with image_column:
    named = picture.pick_picture(network.input_shape[0], chosen.origin.dataset)
    beside, seen = st.container(), st.container()
    with st.expander(t("preparation"), icon=":material/crop:"):
        image, preparation = picture.prepare_picture(named, network.input_shape, chosen.origin, beside)
    with seen:
        say_prediction(chosen, image)
    classes = class_names(chosen, image, t.language)
    several = is_multi_label(chosen)
with st.container(gap=None):
    say_weights(chosen)
    if preparation.upscaled:
        st.caption(t("enlarged", times=f"{max(preparation.upscaled):.3g}"))
    del preparation  # a session keeps the names that `steps` sees, and with them these images


@shell.fragment(run_every=stepper.SECONDS if st.session_state.get("play") else None)
def steps() -> None:
    """The layer on the screen; stepping reruns this part alone."""
    softmax.rerun_with_another()
    notes, steps_bar, top = st.container(), st.container(), st.container()
    try:
        trace = cached_trace(network)
        names = [record.name for record in trace.layers]
        after = softmax.row_after(trace, several)
        layer = stepper.settle([*names, after.name] if after else names)
        record = after if after and layer == after.name else trace[layer]
        labels = classes if layer not in names[:-1] else []
        looks = unit.settle(network, record)
        walked = None
        with top, shell.guarded():  # the maps before anything else: they are what a reader steps for
            walked = walk.start_walk(network, image, weights)
            output = softmax.output_of(walked, record, after)
            place = unit.show(looks, record, output)
            heat = None
            if field.wants_heat() and place is not None and record is not after:
                with shell.guarded():
                    heat = field.heat_of(network, image, weights, record, place)
            ranges = {} if record is after else walk.ranges_of(network, image, weights, walked, t)
            maps.draw_maps(walked, record, output, ranges, looks, heat, labels, t)
            shell.let_send()
            if record is not after:
                walk.ask_ranges(walked, ranges, t)
        with steps_bar:
            titles = words.layer_titles([*trace.layers, *([after] if after else [])], t.language)
            stepper.draw_steps(list(titles), len(names), titles, t)
        left, right = st.columns([1.7, 1], gap="large")
        with left, shell.guarded():
            if record is not after:
                with st.container(horizontal=True, vertical_alignment="center"):
                    view = views.pick_view(t)
                    field.ask_heat(t)
                if view == "growth":
                    field.draw_growth(trace, record, t)
                elif walked is not None:
                    if view == "value":
                        value.draw_value(walked, record, looks, labels, t)
                    elif view == "parts":
                        kernels.draw_contributions(walked, record, place, t)
                    elif view == "kernels":
                        kernels.draw_kernels(walked, record, place, t)
                    elif view == "gallery":
                        gallery.draw_gallery(network, weights, image, record, place[0] if place else None, t)
            elif walked is not None:
                softmax.draw_probabilities(walked, record, looks, labels, t)
        with right:
            words.say_layer(network, trace, record, t)
            ties.draw_ties(network, weights, image, record, t)
            diagram(trace, key="flow", language=t.language, selected=layer, on_pick=stepper.go)
    finally:
        with notes:
            shell.link_notes()


with st.container(key="steps"):
    steps()
