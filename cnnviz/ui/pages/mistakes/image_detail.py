"""One image in detail: what it is, what it was taken for, and the ways to the reason."""

from __future__ import annotations

from html import escape

import streamlit as st

from cnnviz.data import ImageSet, dataset
from cnnviz.figures.probabilities import probability_bars, probability_summary
from cnnviz.models import TrainedModel
from cnnviz.text import Text
from cnnviz.train.predictions import Predictions
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.components.png_url import png_url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.mistakes import class_labels, page_links


def draw(model: TrainedModel, answers: Predictions, images: ImageSet, number: int, names: list[str], t: Text) -> None:
    """Draw the image, its label beside the answer, and a link per page that says why."""
    true, given = class_labels.true_classes(answers, number), class_labels.predicted_classes(answers, number)
    name = model.info.dataset
    said = {
        "number": number,
        "set": dataset(name).describe("title", t.language) or name,
        "true": class_labels.join_names(true, names, t),
        "given": class_labels.join_names(given, names, t),
    }
    shown, told = st.columns([1, 2], gap="small")
    with shown:
        st.html(
            f'<img src="{png_url(images.images[number])}" alt="{escape(t("image.alt", **said))}" '
            'style="width:100%;max-width:160px;image-rendering:pixelated;border-radius:6px">'
        )
    with told:
        right = bool(answers.right()[number])
        safe = {name: escape_markdown(str(word)) for name, word in said.items()}
        st.markdown(t("image.right" if right else "image.wrong", **safe))
        page_links.draw_page_links(model, number, true, given, names, t)


def draw_bars(answers: Predictions, number: int, names: list[str], caption: str, t: Text) -> None:
    """Draw the probability of every class for one image."""
    true, given = class_labels.true_classes(answers, number), class_labels.predicted_classes(answers, number)
    probabilities = answers.probabilities()[number].tolist()
    st.subheader(t("bars.title", number=number))
    draw_chart(
        probability_bars(names, probabilities, true, given, t),
        key="probabilities",
        alt=probability_summary(names, probabilities, t),
        t=t,
        caption=f"{caption} {number}",
    )
