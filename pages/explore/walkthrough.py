"""One image through one network: at every layer its maps, its arithmetic and what its units see."""

import streamlit as st

from cnnviz.ui import controls, picture, shell, stepper, walkthrough
from cnnviz.ui.diagram import diagram
from cnnviz.ui.network import cached_trace
from cnnviz.zoo import ARCHITECTURES

t = shell.page("walkthrough")
st.title(t("title"))

network_column, image_column = st.columns(2, gap="medium")
with network_column:
    name = controls.pick_network()
    with st.expander(t("knobs", title=ARCHITECTURES[name].title), icon=":material/tune:"):
        network = controls.turn_knobs(name)
        seed = controls.pick_seed()
with image_column:
    chosen = picture.pick_picture(network.input_shape[0])
    with st.expander(t("preparation"), icon=":material/crop:"):
        image, preparation = picture.prepare_picture(chosen, network.input_shape)
shell.link_notes()


@shell.fragment(run_every=stepper.SECONDS if st.session_state.get("play") else None)
def steps() -> None:
    """The layer on the screen; stepping reruns this part alone."""
    trace = cached_trace(network)
    layer = stepper.step_through([record.name for record in trace.layers], t)
    record = trace[layer]
    maps, words, flow = st.columns([2.8, 1.5, 1.2], gap="medium")
    with flow:
        picked = diagram(trace, key="flow", language=t.language, selected=layer)
    with words:
        walkthrough.say_layer(network, record, t)
    with maps, shell.guarded():
        walk = walkthrough.start_walk(network, image, seed)
        classes = walkthrough.class_names(network, image)
        walkthrough.draw_layer(walk, record, classes, t)
        walkthrough.say_state(preparation, seed, t)
        if record is trace.layers[-1]:
            walkthrough.softmax_table(walk.output(layer)[0], classes, t)
    if picked and picked != layer:
        stepper.go(picked)
        st.rerun(scope="fragment")


steps()
