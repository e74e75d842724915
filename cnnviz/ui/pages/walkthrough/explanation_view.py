"""How the pinned value came to be, and the way back from it to the image."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain import LayerCall, explain, explain_call, explain_softmax
from cnnviz.trace.explain.explanation import Explanation
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.microscope import Pixel, microscope
from cnnviz.ui.pages.walkthrough import pin
from cnnviz.ui.pages.walkthrough.joins import JOINS, draw_join
from cnnviz.ui.pages.walkthrough.pin_state import PinState

KEY = "microscope"


def draw_value(walk: LazyActivations, record: LayerRecord, state: PinState, classes: list[str], t: Text) -> None:
    """The microscope over the unit that is shown, or over the pixel that the path has come to.

    `classes` are the names of the units where they are classes, else empty.

    Raises:
        UserError: `explain_unknown` for an operation whose arithmetic cannot be shown.
    """
    trace = walk.trace
    if state.shown is None:
        st.info(t("value.none"), icon=":material/push_pin:")
        return

    def moved() -> None:
        said = st.session_state[KEY]
        if said.get("follow") is not None:
            pin.follow(trace, said["follow"])
        elif said.get("back") is not None:
            pin.back(said["back"])

    if state.pixel is not None:
        image = walk.output("input")[0]
        subject: Pixel | Explanation = Pixel(state.pixel, float(image[state.pixel]), tuple(image.shape))
    elif record.name not in (row.name for row in trace.layers):
        scores = walk.output(record.inputs[0])[0]
        if record.name == pin.SIGMOID:
            subject = explain_call(
                LayerCall(record.name, record.kind, (scores,), scores.sigmoid(), record.inputs, operation="sigmoid"),
                state.shown,
            )
        else:
            subject = explain_softmax(scores, state.shown[0], record.inputs[0])
    else:
        subject = explain(walk, record.name, state.shown)
    label = classes[state.shown[0]] if state.shown[0] < len(classes) else ""
    if record.kind in JOINS and state.pixel is None:
        draw_join(walk, record, state.shown, t)
    microscope(subject, key=KEY, language=t.language, trail=state.trail, label=label, on_move=moved)
