"""Which image a page is about: a sample, an image of a set, noise, or the reader's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.ui import address
from cnnviz.ui.fetch import present
from cnnviz.ui.held_out import held_out
from cnnviz.ui.negative import ask_negative, forget_negative
from cnnviz.ui.origin import Origin, find_set
from cnnviz.ui.own_set import own_sets
from cnnviz.ui.pick import pick_one
from cnnviz.ui.shell import guarded, language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from streamlit.delta_generator import DeltaGenerator
    from torch import Tensor

    from cnnviz.data import Dataset, Preparation

UPLOAD = "upload"
LARGEST_NUMBER = 9999
_NARROWEST = 16
"""Times that the longer side of a picture of a step may be the shorter one; Streamlit fails on a thread of pixels."""
_SAME = {"digit": "digits"}
"""Samples that are test images of a set, by the name of the set."""


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """One image by name, number and way of fitting; hashable, so that it can be the key of a cache."""

    name: str
    number: int
    mode: str
    digest: str = ""
    """Of the reader's own file."""
    scaling: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    """Mean and deviation per channel that the network's weights were trained with; None for pixels in [0, 1]."""
    shorter: int = 0
    """Pixels that the shorter side is brought to before the middle is cut out, where the weights ask for that."""
    negative: bool = False
    """Whether light and dark are swapped first."""

    def query(self) -> dict[str, str]:
        """The state of a link that chooses this image."""
        return {"image": self.name, "n": str(self.number), "fit": self.mode} | (
            {"negative": "1"} if self.negative else {}
        )


def pick_picture(num_channels: int, dataset: str = "") -> tuple[str, int, str]:
    """The menu of images and the number of the image: name, number and digest.

    Begins with the first test image of `dataset` where that lies on this machine, else with a digit or a flower.
    """
    from cnnviz.data import SAMPLES

    t, words = load("picture", language()), load("data", language())
    sets = image_sets()
    names = (*sets, *(name for name in SAMPLES if name not in (*sets, *_SAME)), UPLOAD)
    default = dataset if dataset in sets else "digits" if num_channels == 1 else "flower"
    usual = st.session_state.get("image.usual", default)
    address.seed("image", default, address.one_of(names, others=_SAME))
    if usual != default and st.session_state["image"] == usual:  # the reader has not chosen: follow the network
        st.session_state["image"] = default
    st.session_state["image.usual"] = default
    if st.session_state["image"] not in names:  # a set that was removed meanwhile
        st.session_state["image"] = default
    menu, which = st.columns([2, 1])
    name = menu.selectbox(t("image"), names, key="image", format_func=lambda name: _title(name, t, words))
    number, digest = 0, ""
    if name == UPLOAD:
        digest = _upload(t)
        if not digest:
            st.caption(t("upload.waiting"))
        return (UPLOAD, 0, digest) if digest else (default, 0, "")
    address.keep("image", name, default)
    if name in sets or SAMPLES[name].varies:
        last = sets[name].num_test - 1 if name in sets else LARGEST_NUMBER
        address.seed("n", 0, address.whole(0, LARGEST_NUMBER))
        st.session_state["n"] %= last + 1
        number = address.keep(
            "n", which.number_input(t("number.label"), 0, last, key="n", step=1, help=t("number.help")), 0
        )
    if dataset and dataset not in sets:
        own = find_set(dataset)
        if own is None or present(own):
            st.caption(t("gone"))
    return name, number, digest


def prepare_picture(
    chosen: tuple[str, int, str], input_shape: tuple[int, int, int], known: Origin, beside: DeltaGenerator
) -> tuple[PictureChoice, Preparation]:
    """How the chosen image is fitted to the network's input, with every step shown; the last as its weights ask.

    The container `beside` gets a word where an image of the reader's own is light where the training's are dark.
    """
    from cnnviz.data import MODES
    from cnnviz.data.own_files import is_own

    t = load("picture", language())
    mode = pick_one("fit", t("fit.label"), tuple(MODES), lambda mode: t(f"fit.{mode}"), help=t("fit.help"))
    name, number, digest = chosen
    picture = PictureChoice(name, number, mode, digest, known.scaling, known.shorter)
    if (digest or is_own(name)) and name != known.dataset:
        with beside:
            picture = replace(picture, negative=ask_negative(prepared(picture, input_shape).fitted, known.dataset))
    else:
        forget_negative()
    preparation = prepared(picture, input_shape)
    show_preparation(preparation)
    return picture, preparation


def load_picture(picture: PictureChoice, input_shape: tuple[int, int, int]) -> Tensor:
    """The image uint8 (C, H, W) as it came."""
    from cnnviz.data import SAMPLES

    if picture.digest:
        return st.session_state["upload.image"]
    name = set_of(picture)
    if not name:
        return SAMPLES[picture.name].load(picture.number, input_shape)
    images = held_out(name, None)
    return images.images[picture.number % len(images)]


def true_classes(picture: PictureChoice) -> tuple[int, ...] | None:
    """The classes of a test image of a set, one unless the set is multi-label; None for any other image."""
    name = set_of(picture)
    if not name:
        return None
    images = held_out(name, None)
    return images.classes_of(picture.number % len(images))


def set_of(picture: PictureChoice) -> str:
    """The set whose test image it is; "" for any other image."""
    name = _SAME.get(picture.name, picture.name)
    return name if not picture.digest and name in image_sets() else ""


def image_sets() -> dict[str, Dataset]:
    """The image sets that lie on this machine, their variants, and the reader's own, by name."""
    from cnnviz.data import DATASETS

    known = [form for entry in DATASETS.values() for form in (entry, *entry.variants) if form.present(None)]
    return {form.name: form for form in known} | own_sets()


def prepared(picture: PictureChoice, input_shape: tuple[int, int, int]) -> Preparation:
    """The image on its way into a network that takes `input_shape`."""
    from cnnviz.data import prepare

    return prepare(
        load_picture(picture, input_shape),
        input_shape,
        picture.mode,
        picture.scaling,
        picture.shorter,
        picture.negative,
    )


def show_preparation(preparation: Preparation) -> None:
    """Every step from the original to the network's input, each as a picture with what was done to it."""
    cells = st.columns(max(4, len(preparation.steps)))
    for cell, step in zip(cells, preparation.steps, strict=False):
        sentence = step.note.say(language())
        with cell:
            st.image(_shown(step.image), caption=sentence, alt=sentence, width="stretch")


def _shown(image: Tensor) -> NDArray[np.uint8]:
    """(C, H, W) as an array that Streamlit draws: grey or colour, in [0, 255]; a thread of pixels is drawn thicker."""
    values = image.float()
    if image.is_floating_point():
        low, high = values.min(), values.max()
        values = 255 * (values - low) / (high - low).clamp(min=1e-12)
    channels = values if values.shape[0] == 3 else values[:1]
    height, width = channels.shape[1:]
    thin = [max(1, ceil(other / (_NARROWEST * side))) for side, other in ((height, width), (width, height))]
    channels = channels.repeat_interleave(thin[0], 1).repeat_interleave(thin[1], 2)
    array = channels.permute(1, 2, 0).round().byte().numpy()
    return array if array.shape[2] == 3 else array[:, :, 0]


def _upload(t: Text) -> str:
    """The reader's own file, read once and kept for the session; "" until there is one."""
    from cnnviz.data import read_upload

    file = st.file_uploader(t("upload.label"), key="upload", help=t("upload.help"))
    if file is None:
        st.session_state.pop("upload.image", None)
        return ""
    data = file.getvalue()
    digest = sha256(data).hexdigest()
    if st.session_state.get("upload.digest") != digest or "upload.image" not in st.session_state:
        st.session_state.pop("upload.image", None)
        with guarded():
            upload = read_upload(data)
            st.session_state["upload.image"] = upload.image
            st.session_state["upload.digest"] = digest
            st.session_state["upload.notes"] = upload.notes
    if "upload.image" not in st.session_state:
        return ""
    for note in st.session_state["upload.notes"]:
        st.caption(note.say(language()))
    return digest


def _title(name: str, t: Text, words: Text) -> str:
    if name == UPLOAD:
        return t("upload.title")
    for key in (f"set.{name}.title", f"sample.{name}.title"):
        if key in words:
            return words(key)
    own = own_sets()
    return own[name].title if name in own else name
