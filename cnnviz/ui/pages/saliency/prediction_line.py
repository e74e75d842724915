"""The line with the network's prediction for the image."""

from __future__ import annotations

import streamlit as st

from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.handwriting import draw_low_confidence
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.target_picker import ClassRanking

SHOWN = 3


def draw_prediction(subject: SaliencyInput, classes: ClassRanking, t: Text) -> None:
    """Draw the strongest classes, the label, and the change by painting."""
    taken = classes.taken()
    parts = [
        f"**{_one(classes, index, t)}**" if index in taken else _one(classes, index, t)
        for index in classes.ranked[: max(SHOWN, len(taken))]
    ]
    said = t("answer.says", list=t.listed(parts))
    if classes.labels:
        labels = t.listed(escape_markdown(classes.names[index]) for index in classes.labels)
        right = set(taken) == set(classes.labels)
        said = t.row([said, t("answer.right" if right else "answer.wrong", label=labels)])
    elif not subject.model.source.is_trained:
        said = t.row([said, t("answer.untrained")])
    if subject.strokes:
        before = ClassRanking.of(subject.unpainted(), t.language)
        index = before.ranked[0]
        said = t.row([said, t("answer.before", one=_one(before, index, t), now=_one(classes, index, t))])
    st.markdown(said)
    if subject.model.source.is_trained:
        draw_low_confidence(subject.image, max(classes.shares))


def _one(classes: ClassRanking, index: int, t: Text) -> str:
    return t("answer.one", name=escape_markdown(classes.names[index]), percent=percent(classes.shares[index]))
