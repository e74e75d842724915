"""The question of the page as its headline, and others that one press asks."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.attribution import Target
from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.saliency import presets
from cnnviz.ui.pages.saliency.links import CLASS, COMPARE, MINUS, NONE, PREDICTED, SECOND, TRUE
from cnnviz.ui.pages.saliency.map_sentence import is_of_unit
from cnnviz.ui.pages.saliency.target_picker import ClassRanking


def draw_headline(axis: str, method: str, target: Target, classes: ClassRanking, t: Text) -> None:
    """Draw the question that the page shows, and beside it those that are asked most after it."""
    asked = presets.matching_question(st.query_params.to_dict())
    title = question_title(axis, method, target, classes, t)
    with st.container(key="asked", horizontal=True, vertical_alignment="center", gap="small"):
        st.title(escape_markdown(title), width="content")
        if axis != "classes" and not is_of_unit(method):
            _draw_other_targets(target, classes, t)
        with st.popover(
            t("headline.more", count=len(presets.available())), type="tertiary", icon=":material/help_center:"
        ):
            presets.draw_question_buttons(t)
    if asked:
        st.caption(t(f"question.{asked}.look"))


def question_title(axis: str, method: str, target: Target, classes: ClassRanking, t: Text) -> str:
    """Return the question that the page shows."""
    asked = presets.matching_question(st.query_params.to_dict())
    return t(f"question.{asked}.title") if asked else _title(axis, method, target, classes.names, t)


def _title(axis: str, method: str, target: Target, names: Sequence[str], t: Text) -> str:
    if axis == "classes":
        return t("headline.classes")
    if is_of_unit(method):
        return t("headline.unit")
    return _question((target.index, target.minus), names, t)


def _draw_other_targets(target: Target, classes: ClassRanking, t: Text) -> None:
    """Draw a button for the prediction, for it rather than the next class, and for the true class of a mistake."""
    first, *others = classes.ranked
    offers: list[tuple[str, str, tuple[int, int | None]]] = [(PREDICTED, NONE, (first, None))]
    if classes.labels and classes.labels[0] != first:
        label = classes.labels[0]
        offers += [(PREDICTED, str(label), (first, label)), (TRUE, NONE, (label, None))]
    elif others:
        offers.append((PREDICTED, SECOND, (first, others[0])))
    for index, minus, pair in offers:
        if pair != (target.index, target.minus):
            st.button(
                escape_markdown(_question(pair, classes.names, t)),
                key=f"ask.{index}.{minus}",
                on_click=_ask,
                args=(index, minus),
            )


def _question(pair: tuple[int, int | None], names: Sequence[str], t: Text) -> str:
    index, minus = pair
    if minus is None:
        return t("headline.class", name=names[index])
    return t("headline.rather", name=names[index], other=names[minus])


def _ask(index: str, minus: str) -> None:
    url.put(CLASS, index)
    url.put(MINUS, minus)
    url.put(COMPARE, COMPARE.default)
