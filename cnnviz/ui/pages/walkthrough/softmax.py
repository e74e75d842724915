"""The last step of the walk: the scores as probabilities, by softmax, or class by class by sigmoid."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st
from torch import Tensor

from cnnviz.text import Text
from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain import explain_cross_entropy, softmax_steps
from cnnviz.trace.explain.scores import SoftmaxSteps
from cnnviz.trace.record import LayerRecord, Trace
from cnnviz.ui.components import stepper
from cnnviz.ui.components.percent_columns import format_percent
from cnnviz.ui.core import asking
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs import image_picker
from cnnviz.ui.pages.walkthrough.explanation_view import draw_value, explain_pin
from cnnviz.ui.pages.walkthrough.pin import SIGMOID, SOFTMAX
from cnnviz.ui.pages.walkthrough.pin_state import PinState

MOST = 10
"""Classes in the table."""
_REQUESTED = "softmax.again"


def row_after(trace: Trace, several: bool) -> LayerRecord | None:
    """Return the step behind the last layer, as a row; None where the network does not end in a vector of scores.

    It is a sigmoid where an image may be of `several` classes at once.
    """
    last = trace.layers[-1]
    if len(last.shape) != 1:
        return None
    name, kind = (SIGMOID, "Sigmoid") if several else (SOFTMAX, "Softmax")
    return LayerRecord(name, kind, "", (last.name,), (last.shape,), last.shape, 0, 0, 0, last.receptive_field)


def output_of(walk: LazyActivations, record: LayerRecord, after: LayerRecord | None) -> Tensor:
    """Return the output of a row for this image, without the batch, or the probabilities (K,) at the end."""
    if record is not after:
        return walk.output(record.name)[0]
    scores = walk.output(record.inputs[0])[0]
    return scores.double().sigmoid() if record.name == SIGMOID else softmax_steps(scores).probabilities


def draw_probabilities(walk: LazyActivations, record: LayerRecord, state: PinState, names: list[str], t: Text) -> None:
    """Draw the largest scores with their probabilities, the pinned class in full, and a way to another image."""
    scores = walk.output(record.inputs[0])[0]
    st.subheader(t(f"{record.name}.title"))
    if asking.reveal("probabilities", scores.tolist()):
        if record.name == SIGMOID:
            _table(scores.double(), scores.double().sigmoid(), {}, names, t)
            st.caption(t("sigmoid.formula"))
        else:
            _draw_steps(softmax_steps(scores), names, t)
    st.button(
        t("softmax.again"), icon=":material/replay:", on_click=_take_another_image, args=(walk.trace.layers[0].name,)
    )
    draw_value(walk, explain_pin(walk, record, state), state, names, record.name, t)
    if state.shown is not None and record.name == SOFTMAX:
        target = state.shown[0]
        loss = explain_cross_entropy(scores, target, row=record.inputs[0])
        st.markdown(t("softmax.loss", name=escape_markdown(_name(names, target, t)), formula=loss.formula))


def rerun_if_requested() -> None:
    """Run the whole page, whose menus stand outside the part that steps, once another image was asked for there."""
    if st.session_state.pop(_REQUESTED, False):
        st.rerun()


def _take_another_image(first: str) -> None:
    image_picker.select_next_image()
    stepper.show_layer(first)
    st.session_state[_REQUESTED] = True


def _draw_steps(steps: SoftmaxSteps, names: list[str], t: Text) -> None:
    power = t("softmax.power_less") if steps.taken_off else t("softmax.power")
    _table(steps.scores, steps.probabilities, {power: steps.powers}, names, t)
    numbers = {"total": steps.total, "count": len(steps.scores)}
    if steps.taken_off:
        st.caption(t("softmax.formula_less", largest=steps.taken_off, **numbers))
    else:
        st.caption(t("softmax.formula", **numbers))


def _table(scores: Tensor, probabilities: Tensor, between: Mapping[str, Tensor], names: list[str], t: Text) -> None:
    """Return the largest of (K,) scores with their probabilities, and the columns `between` them."""
    order = probabilities.argsort(descending=True)[:MOST].tolist()
    table = pd.DataFrame(
        {
            t("softmax.class"): [_name(names, place, t) for place in order],
            t("softmax.score"): scores[order].tolist(),
            **{title: values[order].tolist() for title, values in between.items()},
            t("softmax.probability"): probabilities[order].tolist(),
        }
    )
    formats = {t("softmax.score"): "%.5g"} | dict.fromkeys(between, "%.6g")
    st.dataframe(
        format_percent(table, t("softmax.probability")),
        hide_index=True,
        column_config={title: st.column_config.NumberColumn(format=form) for title, form in formats.items()},
    )
    if len(scores) > MOST:
        st.caption(t("softmax.largest", count=MOST, total=len(scores)))


def _name(names: list[str], place: int, t: Text) -> str:
    return names[place] if place < len(names) else t("softmax.class_number", number=place)
