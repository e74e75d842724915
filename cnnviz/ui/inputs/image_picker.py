"""Widgets for the image of a page: a sample, an image of a set, noise, or the user's own."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.data import SAMPLES
from cnnviz.data.datasets import find_dataset
from cnnviz.data.uploaded_files import is_uploaded
from cnnviz.text import Text, load
from cnnviz.ui.components.pad.pad_view import DRAWN, STROKES
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.download_prompt import offer_download
from cnnviz.ui.inputs.handwriting import draw_steps, drop_handwriting, toggle_handwriting
from cnnviz.ui.inputs.image_choice import ImageChoice, framing_for, image_sets, prepare_image
from cnnviz.ui.inputs.image_thumbnails import draw_thumbnails
from cnnviz.ui.inputs.links import FIT, IMAGE, LARGEST_NUMBER, NUMBER, SAME_IMAGES
from cnnviz.ui.inputs.polarity import drop_negative, toggle_negative
from cnnviz.ui.inputs.uploaded_set import uploaded_sets
from cnnviz.ui.inputs.user_image import CAMERA, UPLOAD, draw_drawing_pad, draw_uploader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from streamlit.delta_generator import DeltaGenerator
    from torch import Tensor

    from cnnviz.data import PreparedImage
    from cnnviz.models import TrainedModel

OWN_IMAGES = (DRAWN, UPLOAD, CAMERA)
"""Ways to an image of the user's own."""
_ICONS = {DRAWN: ":material/draw:", UPLOAD: ":material/upload:", CAMERA: ":material/photo_camera:"}
_FOLDED = "image.folded"
"""Which own image the page was opened with, and whether its part begins closed."""
_LARGEST_ASPECT_RATIO = 16
"""Times that the longer side of a picture of a step may be the shorter one; Streamlit fails on a thread of pixels."""
_STEP_WIDTH = 128
"""Pixels that a step of the preparation takes on the screen."""


def select_image(
    model: TrainedModel, own: DeltaGenerator | None = None, offers: DeltaGenerator | None = None
) -> ImageChoice:
    """Draw the menu of images and the number of the image; return the choice, not yet fitted.

    Begins with the first test image of the model's set where that is on this machine, else with a digit or a flower.
    Where they are given, the container `own` gets the pad or the file of an image of the user's own, in a part that
    folds, and `offers` the download of a set that is not here.
    """
    num_channels, dataset = model.spec.input_shape[0], model.info.dataset
    t, words = load("picture", language()), load("data", language())
    sets = image_sets()
    names = (*sets, *(name for name in SAMPLES if name not in (*sets, *SAME_IMAGES)), *OWN_IMAGES)
    default = dataset if dataset in sets else "digits" if num_channels == 1 else "flower"
    usual = st.session_state.get("image.usual", default)
    listed = IMAGE.among(names, default)
    url.value(listed)
    if usual != default and st.session_state["image"] == usual:  # the user has not chosen: follow the network
        st.session_state["image"] = default
    st.session_state["image.usual"] = default
    menu, which = st.columns([1, 2.4], gap="small", vertical_alignment="center")
    with menu:
        name = url.select(listed, t("image"), lambda name: _title(name, t, words))
    number, digest = 0, ""
    numbered = name in sets or (name not in OWN_IMAGES and SAMPLES[name].varies)
    st.session_state["image.names"], st.session_state["image.numbered"] = names, numbered
    if name != DRAWN:
        url_state.hide(STROKES.name)
    if name in OWN_IMAGES:
        with _folding(name, own, t):
            digest = draw_drawing_pad() if name == DRAWN else draw_uploader(name, t)
            if not digest:
                st.info(t(f"{name}.waiting"), icon=_ICONS[name])
        return ImageChoice(name, 0, "", digest) if digest else ImageChoice(default, 0, "")
    if numbered:
        last = sets[name].num_test - 1 if name in sets else LARGEST_NUMBER
        url.value(NUMBER)
        st.session_state["n"] %= last + 1
        with which:
            if name in sets:
                number = url.keep(NUMBER, st.session_state["n"])
                draw_thumbnails(model, name, sets[name], number, OWN_IMAGES)
            else:
                number = url.number(NUMBER, t("number.label"), help=t("number.help"))
    if dataset and dataset not in sets:
        known = find_dataset(dataset)
        with offers or nullcontext():
            if known is None or offer_download(known):
                st.caption(t("gone"))
    return ImageChoice(name, number, "")


def _folding(name: str, place: DeltaGenerator | None, t: Text) -> AbstractContextManager[object]:
    """Return the container of the user's own image: in `place` an expander, closed if a link brings a drawing."""
    if place is None:
        return nullcontext()
    if st.session_state.get(_FOLDED, ("", False))[0] != name:
        st.session_state[_FOLDED] = name, name == DRAWN and bool(url_state.expected(STROKES.name))
    folded: bool = st.session_state[_FOLDED][1]
    return place.expander(t(f"{name}.title"), expanded=not folded, icon=_ICONS[name])


def is_stand_in(image: ImageChoice) -> bool:
    """Return whether an image stands in for one of the user's own that is not there yet."""
    return st.session_state.get("image") in OWN_IMAGES and not image.digest


def select_next_image() -> None:
    """Select another image, for a widget's callback: the next number, or the next name where images have no numbers."""
    names, name = st.session_state.get("image.names", ()), st.session_state.get("image")
    if name in OWN_IMAGES or name not in names:
        url.put(IMAGE, st.session_state.get("image.usual", "digits"))
    elif st.session_state.get("image.numbered"):
        url.put(NUMBER, st.session_state.get("n", 0) + 1 if st.session_state.get("n", 0) < LARGEST_NUMBER else 0)
    else:
        url.put(IMAGE, names[(names.index(name) + 1) % (len(names) - len(OWN_IMAGES))])


def fit_image(image: ImageChoice, model: TrainedModel, beside: DeltaGenerator) -> tuple[ImageChoice, PreparedImage]:
    """Draw how the chosen image is fitted to the model's input, with every step; return both, the choice complete.

    The container `beside` gets a sentence where an image of the user's own is light where the training's are dark.
    """
    t = load("picture", language())
    mode = url.select(FIT, t("fit.label"), lambda mode: t(f"fit.{mode}"), style="segments", help=t("fit.help"))
    image = replace(image, mode=mode)
    own = bool(image.digest) or is_uploaded(image.name)
    framing = framing_for(image, model)
    with beside:
        if framing is not None and toggle_handwriting():
            image = replace(image, framing=framing)
        elif framing is not None:
            image = replace(image, as_it_is=True)
        if own and image.framing is None and image.name != model.info.dataset:
            image = replace(image, negative=toggle_negative(prepare_image(image, model).fitted, model.dataset))
        else:
            drop_negative()
    if framing is None:
        drop_handwriting()
    preparation = prepare_image(image, model)
    if image.framing is not None:
        with beside:
            draw_steps(preparation)
    draw_preparation(preparation)
    return image, preparation


def draw_preparation(preparation: PreparedImage) -> None:
    """Draw every step from the original to the network's input, each as a picture with a caption."""
    with st.container(horizontal=True, gap="small"):
        for step in preparation.steps:
            sentence = step.note.describe(language())
            st.image(display_array(step.image), caption=sentence, alt=sentence, width=_STEP_WIDTH)


def display_array(image: Tensor) -> NDArray[np.uint8]:
    """Return (C, H, W) as an array that Streamlit draws: grey or colour, in [0, 255].

    A thread of pixels is drawn thicker.
    """
    values = image.float()
    if image.is_floating_point():
        low, high = values.min(), values.max()
        values = 255 * (values - low) / (high - low).clamp(min=1e-12)
    channels = values if values.shape[0] == 3 else values[:1]
    height, width = channels.shape[1:]
    thin = [max(1, ceil(other / (_LARGEST_ASPECT_RATIO * side))) for side, other in ((height, width), (width, height))]
    channels = channels.repeat_interleave(thin[0], 1).repeat_interleave(thin[1], 2)
    array = channels.permute(1, 2, 0).round().byte().numpy()
    return array if array.shape[2] == 3 else array[:, :, 0]


def _title(name: str, t: Text, words: Text) -> str:
    if name in OWN_IMAGES:
        return t(f"{name}.title")
    for key in (f"set.{name}.title", f"sample.{name}.title"):
        if key in words:
            return words(key)
    own = uploaded_sets()
    return own[name].title if name in own else name
