"""The parts of the page from top to bottom."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.data import dataset
from cnnviz.models import TrainedModel
from cnnviz.models.spec_words import network_title
from cnnviz.text import Text
from cnnviz.ui.core import shell
from cnnviz.ui.inputs.prediction_cache import predictions_of, test_images_of
from cnnviz.ui.pages.mistakes import class_labels, confusion, image_detail, image_grid, image_selection, summary


def draw(model: TrainedModel, numbers: DeltaGenerator, t: Text) -> None:
    """Draw the numbers in the container `numbers`, the counts beside their images, every class, and the calibration."""
    answers = predictions_of(model)
    if answers is None:
        return
    images, names = test_images_of(model), model.class_names(t.language)
    title = dataset(model.info.dataset).describe("title", t.language) or model.info.dataset
    caption = f"{network_title(model.spec, t.language)} · {title}"
    columns = class_labels.column_names(answers, names, t)
    with numbers:
        summary.draw_metrics(answers, t)
    if answers.several:
        st.caption(t("several"))
    with st.container(key="told"):
        left, right = st.columns(2, gap="large")
    with right:
        st.header(t("gallery.title"))
        here = image_selection.select(answers, names, columns, t)
        with shell.guarded():
            if here.image is not None:
                image_detail.draw(model, answers, images, here.image, names, t)
            image_grid.draw(answers, images, here, names, t)
    with left, shell.guarded():
        st.header(t("counts.head.several" if answers.several else "counts.head.single"))
        confusion.draw(answers, here, names, columns, caption, t)
        if here.image is not None:
            image_detail.draw_bars(answers, here.image, names, caption, t)
    left, right = st.columns(2, gap="large")
    with left, shell.guarded():
        st.header(t("class.title"))
        summary.draw_classes(answers, names, t)
        summary.draw_check(model, answers, t)
    with right, shell.guarded():
        st.header(t("calibration.title"))
        summary.draw_calibration(answers, caption, t)
