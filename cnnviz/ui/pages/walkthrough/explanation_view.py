"""The explanation of the pinned value, and the way back from it to the image."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain import LayerCall, explain, explain_call, explain_softmax
from cnnviz.trace.explain.explanation import Explanation, Index
from cnnviz.trace.explain.formula_text import format_number
from cnnviz.trace.record import LayerRecord
from cnnviz.ui.components.figure import figure_data
from cnnviz.ui.components.microscope import Pixel, microscope
from cnnviz.ui.core import asking, present
from cnnviz.ui.pages.walkthrough import pin
from cnnviz.ui.pages.walkthrough.pin_state import PinState

KEY = "microscope"
ANSWER = "value"
"""The name of the pinned value as an answer that may stand covered."""

Subject = Explanation | Pixel
"""The value that is explained, or the pixel of the image that the path has come to."""


def explain_pin(walk: LazyActivations, record: LayerRecord, state: PinState) -> Subject | None:
    """Return the explanation of the pinned value; None where nothing is pinned.

    Raises:
        UserError: `explain_unknown` for an operation whose arithmetic cannot be shown.
    """
    if state.shown is None:
        return None
    if state.pixel is not None:
        image = walk.output("input")[0]
        return Pixel(state.pixel, float(image[state.pixel]), tuple(image.shape))
    if record.name in (row.name for row in walk.trace.layers):
        return explain(walk, record.name, state.shown)
    scores = walk.output(record.inputs[0])[0]
    if record.name == pin.SIGMOID:
        return explain_call(
            LayerCall(record.name, record.kind, (scores,), scores.sigmoid(), record.inputs, operation="sigmoid"),
            state.shown,
        )
    return explain_softmax(scores, state.shown[0], record.inputs[0])


def draw_formula(subject: Subject | None, t: Text) -> None:
    """Draw the pinned value as one sum or formula with its numbers; nothing for a pixel or without a pin."""
    if isinstance(subject, Explanation) and asking.reveal(ANSWER, answer_of(*_told(subject))):
        st.markdown(f"**{t('value.formula', value=format_number(subject.value))}**")
        st.code(subject.formula, language=None, wrap_lines=True)


def draw_value(
    walk: LazyActivations, subject: Subject | None, state: PinState, classes: list[str], caption: str, t: Text
) -> None:
    """Draw the microscope over `subject`; `classes` are the names of the units where they are classes, else empty."""
    trace = walk.trace
    if state.shown is None:
        st.info(t("value.none"), icon=":material/push_pin:")
    if subject is None or state.shown is None:
        return

    def moved() -> None:
        said = st.session_state[KEY]
        if said.get("follow") is not None:
            pin.follow(trace, said["follow"])
        elif said.get("back") is not None:
            pin.back(said["back"])

    def revealed() -> None:
        asking.uncover(ANSWER, answer_of(*_told(subject)))

    label = classes[state.shown[0]] if state.shown[0] < len(classes) else ""
    covered = isinstance(subject, Explanation) and asking.is_covered(ANSWER, answer_of(*_told(subject)))
    with present.stage("arithmetic", "page"):
        microscope(
            subject,
            key=KEY,
            language=t.language,
            trail=state.trail,
            label=label,
            figure=figure_data("arithmetic", t.language, caption),
            on_move=moved,
            on_reveal=revealed if covered else None,
        )


def answer_of(row: str, index: Index, value: float) -> tuple[str, Index, str]:
    """Return what tells the answer of one value from others; another image, network or unit is covered anew."""
    return row, tuple(index), f"{value:.5g}"


def _told(subject: Subject) -> tuple[str, Index, float]:
    return subject.name if isinstance(subject, Explanation) else "input", subject.index, subject.value
