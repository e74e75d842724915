"""The last step of the walk: the scores as probabilities, eᶻ / Σ eᶻ with the numbers of this image."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import picture, stepper
from cnnviz.ui.plain import plain
from cnnviz.ui.shares import in_percent
from cnnviz.ui.walkthrough.unit import SOFTMAX, Held
from cnnviz.ui.walkthrough.value import draw_value

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.trace.explain.scores import SoftmaxSteps
    from cnnviz.trace.record import LayerRecord, Trace
    from cnnviz.trace.walk import Walk

MOST = 10
"""Classes in the table."""
_ASKED = "softmax.again"


def row_after(trace: Trace) -> LayerRecord | None:
    """The step behind the last layer, as a row; None where the network does not end in a vector of scores."""
    from cnnviz.trace.record import LayerRecord

    last = trace.layers[-1]
    if len(last.shape) != 1:
        return None
    return LayerRecord(SOFTMAX, "Softmax", "", (last.name,), (last.shape,), last.shape, 0, 0, 0, last.receptive_field)


def output_of(walk: Walk, record: LayerRecord) -> Tensor:
    """What a row gives for this image, without the batch: a layer's output, or the probabilities (K,)."""
    if record.name != SOFTMAX:
        return walk.output(record.name)[0]
    from cnnviz.trace.explain import softmax_steps

    return softmax_steps(walk.output(record.inputs[0])[0]).probabilities


def draw_softmax(walk: Walk, record: LayerRecord, looks: Held, names: list[str], t: Text) -> None:
    """The largest scores with their powers and probabilities, the pinned class in full, and a way to another image."""
    from cnnviz.trace.explain import explain_cross_entropy, softmax_steps

    scores = walk.output(record.inputs[0])[0]
    st.subheader(t("softmax.title"))
    _table(softmax_steps(scores), names, t)
    st.button(t("softmax.again"), icon=":material/replay:", on_click=_begin_again, args=(walk.trace.layers[0].name,))
    draw_value(walk, record, looks, names, t)
    if looks.shown is not None:
        target = looks.shown[0]
        loss = explain_cross_entropy(scores, target, row=record.inputs[0])
        st.markdown(t("softmax.loss", name=plain(_name(names, target, t)), formula=loss.formula))


def rerun_with_another() -> None:
    """Run the whole page, whose menus stand outside the part that steps, once another image was asked for there."""
    if st.session_state.pop(_ASKED, False):
        st.rerun()


def _begin_again(first: str) -> None:
    picture.take_another()
    stepper.go(first)
    st.session_state[_ASKED] = True


def _table(steps: SoftmaxSteps, names: list[str], t: Text) -> None:
    import pandas as pd

    order = steps.probabilities.argsort(descending=True)[:MOST].tolist()
    power = t("softmax.power_less") if steps.taken_off else t("softmax.power")
    table = pd.DataFrame(
        {
            t("softmax.class"): [_name(names, place, t) for place in order],
            t("softmax.score"): steps.scores[order].tolist(),
            power: steps.powers[order].tolist(),
            t("softmax.probability"): steps.probabilities[order].tolist(),
        }
    )
    st.dataframe(
        in_percent(table, t("softmax.probability")),
        hide_index=True,
        column_config={
            t("softmax.score"): st.column_config.NumberColumn(format="%.5g"),
            power: st.column_config.NumberColumn(format="%.6g"),
        },
    )
    if len(steps.scores) > MOST:
        st.caption(t("softmax.largest", count=MOST, total=len(steps.scores)))
    numbers = {"total": steps.total, "count": len(steps.scores)}
    if steps.taken_off:
        st.caption(t("softmax.formula_less", largest=steps.taken_off, **numbers))
    else:
        st.caption(t("softmax.formula", **numbers))


def _name(names: list[str], place: int, t: Text) -> str:
    return names[place] if place < len(names) else t("softmax.class_number", number=place)
