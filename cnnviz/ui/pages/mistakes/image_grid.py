"""The images of a cell, as small pictures with their labels and answers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.data import ImageSet
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.train.predictions import Predictions
from cnnviz.ui.components.png_url import png_url
from cnnviz.ui.pages.mistakes import class_labels, component, image_selection
from cnnviz.ui.pages.mistakes.image_selection import ImageSelection


def draw(answers: Predictions, images: ImageSet, here: ImageSelection, names: list[str], t: Text) -> None:
    """Draw the piece of the list that the user is at, with a way to the next."""
    if not here.numbers:
        st.info(t("gallery.empty"))
        return
    first, last = image_selection.PAGE_SIZE * here.piece, image_selection.PAGE_SIZE * here.piece + len(here.shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("gallery.range", first=f"{first + 1:,}", last=f"{last:,}", count=f"{len(here.numbers):,}"))
        if here.pieces > 1:
            st.button(
                t("gallery.previous"),
                key="earlier",
                icon=":material/chevron_left:",
                on_click=image_selection.show_piece,
                args=(here.piece - 1,),
                disabled=here.piece == 0,
            )
            st.button(
                t("gallery.next"),
                key="later",
                icon=":material/chevron_right:",
                on_click=image_selection.show_piece,
                args=(here.piece + 1,),
                disabled=here.piece == here.pieces - 1,
            )
    component.draw_gallery(payload(answers, images, here, names, t), "gallery", image_selection.show_image)


def payload(answers: Predictions, images: ImageSet, here: ImageSelection, names: list[str], t: Text) -> dict[str, Any]:
    """Return the data that the browser draws."""
    right = answers.right()
    sureness = answers.confidence().where(right, answers.mistake())  # the order of the mistakes
    tiles = []
    for number in here.shown:
        true = class_labels.join_names(class_labels.true_classes(answers, number), names, t)
        given = class_labels.join_names(class_labels.predicted_classes(answers, number), names, t)
        sure = percent(float(sureness[number]))
        tiles.append(
            {
                "number": number,
                "picture": png_url(images.images[number]),
                "sure": sure,
                "answer": f"{given} ✓" if right[number] else f"{true} → {given}",
                "label": t("gallery.label", number=number, true=true, given=given, sure=sure),
            }
        )
    return {"tiles": tiles, "chosen": here.image, "words": {"list": t("gallery.list")}}
