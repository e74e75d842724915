"""The images of a cell, as small pictures with their labels and answers."""

from __future__ import annotations

import streamlit as st

from cnnviz.data import ImageSet
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.train.predictions import Predictions
from cnnviz.ui.components.image_grid.image_grid_view import ImageTile, draw_image_grid
from cnnviz.ui.components.image_grid.image_sprite import make_sprite
from cnnviz.ui.pages.mistakes import class_labels, image_selection
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
    draw_image_grid(
        tiles(answers, images, here, names, t),
        make_sprite([images.images[number] for number in here.shown]),
        key="gallery",
        label=t("gallery.list"),
        chosen=here.image,
        on_image=image_selection.show_image,
        side=64,
    )


def tiles(answers: Predictions, images: ImageSet, here: ImageSelection, names: list[str], t: Text) -> list[ImageTile]:
    """Return the images of the piece, each with its label and the network's answer."""
    right = answers.right()
    sureness = answers.confidence().where(right, answers.mistake())  # the order of the mistakes
    found = []
    for number in here.shown:
        true = class_labels.join_names(class_labels.true_classes(answers, number), names, t)
        given = class_labels.join_names(class_labels.predicted_classes(answers, number), names, t)
        sure = percent(float(sureness[number]))
        label = t("gallery.label", number=number, true=true, given=given, sure=sure)
        found.append(ImageTile(number, label, (f"{given} ✓" if right[number] else f"{true} → {given}", sure)))
    return found
