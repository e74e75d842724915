"""The images of a cell, as small pictures with their labels and answers."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any

import streamlit as st
from PIL import Image

from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.mistakes import component, place, words

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.data import ImageSet
    from cnnviz.train.predictions import Predictions
    from cnnviz.ui.mistakes.place import Place


def draw(answers: Predictions, images: ImageSet, here: Place, names: list[str], t: Text) -> None:
    """The piece of the list that the reader is at, with a way to the next."""
    if not here.numbers:
        st.info(t("gallery.empty"))
        return
    first, last = place.PIECE * here.piece, place.PIECE * here.piece + len(here.shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("gallery.range", first=f"{first + 1:,}", last=f"{last:,}", count=f"{len(here.numbers):,}"))
        if here.pieces > 1:
            st.button(
                t("gallery.previous"),
                key="earlier",
                icon=":material/chevron_left:",
                on_click=place.turn,
                args=(here.piece - 1,),
                disabled=here.piece == 0,
            )
            st.button(
                t("gallery.next"),
                key="later",
                icon=":material/chevron_right:",
                on_click=place.turn,
                args=(here.piece + 1,),
                disabled=here.piece == here.pieces - 1,
            )
    component.draw_gallery(payload(answers, images, here, names, t), "gallery", place.look)


def payload(answers: Predictions, images: ImageSet, here: Place, names: list[str], t: Text) -> dict[str, Any]:
    """What the browser draws."""
    right = answers.right()
    sureness = answers.confidence().where(right, answers.mistake())  # the order of the mistakes
    tiles = []
    for number in here.shown:
        true = words.joined(words.true_classes(answers, number), names, t)
        given = words.joined(words.given_classes(answers, number), names, t)
        sure = percent(float(sureness[number]))
        tiles.append(
            {
                "number": number,
                "picture": picture(images.images[number]),
                "sure": sure,
                "answer": f"{given} ✓" if right[number] else f"{true} → {given}",
                "label": t("gallery.label", number=number, true=true, given=given, sure=sure),
            }
        )
    return {"tiles": tiles, "chosen": here.image, "words": {"list": t("gallery.list")}}


def picture(image: Tensor) -> str:
    """uint8 (C, H, W) as the address of a PNG that holds it."""
    pixels = (image if image.shape[0] == 3 else image[:1]).permute(1, 2, 0).numpy()
    file = BytesIO()
    Image.fromarray(pixels if pixels.shape[2] == 3 else pixels[:, :, 0]).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
