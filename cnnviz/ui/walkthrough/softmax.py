"""The last step: scores as probabilities, and the loss that a right answer would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.microscope import microscope
from cnnviz.ui.plain import plain
from cnnviz.ui.shares import in_percent

if TYPE_CHECKING:
    from torch import Tensor

MOST = 10
"""Classes in the table."""


def draw_softmax(scores: Tensor, row: str, pinned: int | None, names: list[str], t: Text) -> None:
    """The largest scores of the row `row` as probabilities, and the pinned class's step by step."""
    from cnnviz.trace.explain import explain_cross_entropy, explain_softmax

    st.subheader(t("softmax.title"))
    _table(scores, names, t)
    if pinned is None:
        return
    name = names[pinned] if pinned < len(names) else t("softmax.class_number", number=pinned)
    microscope(explain_softmax(scores, pinned, row), key="softmax", language=t.language, label=name)
    loss = explain_cross_entropy(scores, pinned, row=row)
    st.markdown(t("softmax.loss", name=plain(name), formula=loss.formula))


def _table(scores: Tensor, names: list[str], t: Text) -> None:
    import pandas as pd

    values = scores.double()
    largest = values.max()
    exponentials = (values - largest).exp()
    probabilities = exponentials / exponentials.sum()
    order = probabilities.argsort(descending=True)[:MOST].tolist()
    table = pd.DataFrame(
        {
            t("softmax.class"): [names[i] if i < len(names) else t("softmax.class_number", number=i) for i in order],
            t("softmax.score"): [float(values[i]) for i in order],
            t("softmax.probability"): [float(probabilities[i]) for i in order],
        }
    )
    st.dataframe(
        in_percent(table, t("softmax.probability")),
        hide_index=True,
        column_config={t("softmax.score"): st.column_config.NumberColumn(format="%.5g")},
    )
    if len(values) > MOST:
        st.caption(t("softmax.largest", count=MOST, total=len(values)))
    st.caption(t("softmax.formula", largest=float(largest), total=float(exponentials.sum()), count=len(values)))
