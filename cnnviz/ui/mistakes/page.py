"""The parts of the page from top to bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import shell
from cnnviz.ui.mistakes import closely, counts, gallery, overall, place, words
from cnnviz.ui.mistakes.answers import answers_of, images_of

if TYPE_CHECKING:
    from cnnviz.ui.mistakes.subject import Subject


def draw(subject: Subject, t: Text) -> None:
    """The numbers, the counts beside their images, every class, and the calibration."""
    answers = answers_of(subject, t)
    if answers is None:
        return
    images, names = images_of(subject), words.class_names(subject, t.language)
    columns = words.column_names(answers, names, t)
    overall.say(subject, answers, t)
    if answers.several:
        st.caption(t("several"))
    table, trail = st.columns(2, gap="large")
    with trail:
        st.header(t("gallery.title"))
        here = place.pick(answers, names, columns, t)
        with shell.guarded():
            if here.image is not None:
                closely.draw(subject, answers, images, here.image, names, t)
            gallery.draw(answers, images, here, names, t)
    with table, shell.guarded():
        st.header(t("counts.head.several" if answers.several else "counts.head.single"))
        counts.draw(answers, here, names, columns, t)
        if here.image is not None:
            closely.draw_bars(answers, here.image, names, t)
    left, right = st.columns(2, gap="large")
    with left, shell.guarded():
        st.header(t("class.title"))
        overall.per_class(answers, names, t)
    with right, shell.guarded():
        st.header(t("calibration.title"))
        overall.calibration(answers, t)
