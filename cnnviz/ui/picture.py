"""Which image a page is about: a sample, an image of a set, noise, or the reader's own."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.ui import address
from cnnviz.ui.shell import guarded, language

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.data import ImageSet, Preparation

UPLOAD = "upload"
LARGEST_NUMBER = 9999


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """One image by name, number and way of fitting; hashable, so that it can be the key of a cache."""

    name: str
    number: int
    mode: str
    digest: str = ""
    """Of the reader's own file."""

    def query(self) -> dict[str, str]:
        """The state of a link that chooses this image."""
        return {"image": self.name, "n": str(self.number), "fit": self.mode}


def pick_picture(num_channels: int) -> tuple[str, int, str]:
    """The menu of images and the number of the image: name, number and digest; a digit or a flower to begin with."""
    from cnnviz.data import SAMPLES

    t, words = load("picture", language()), load("data", language())
    names = (*SAMPLES, *_sets(), UPLOAD)
    default = "digit" if num_channels == 1 else "flower"
    usual = st.session_state.get("image.usual", default)
    address.seed("image", default, address.one_of(names))
    if usual != default and st.session_state["image"] == usual:  # the reader has not chosen: follow the network
        st.session_state["image"] = default
    st.session_state["image.usual"] = default
    menu, which = st.columns([2, 1])
    name = menu.selectbox(t("image"), names, key="image", format_func=lambda name: _title(name, t, words))
    number, digest = 0, ""
    if name == UPLOAD:
        digest = _upload(t)
        if not digest:
            st.caption(t("upload.waiting"))
        return (UPLOAD, 0, digest) if digest else (default, 0, "")
    address.keep("image", name, default)
    if name not in SAMPLES or SAMPLES[name].varies:
        address.seed("n", 0, address.whole(0, LARGEST_NUMBER))
        number = address.keep("n", which.number_input(t("number.label"), 0, LARGEST_NUMBER, key="n", step=1,
                                                      help=t("number.help")), 0)
    return name, number, digest


def prepare_picture(chosen: tuple[str, int, str],
                    input_shape: tuple[int, int, int]) -> tuple[PictureChoice, Preparation]:
    """How the chosen image is fitted to the network's input, with every step shown."""
    from cnnviz.data import MODES

    t = load("picture", language())
    modes = tuple(MODES)
    address.seed("fit", modes[0], address.one_of(modes))
    mode = st.segmented_control(t("fit.label"), modes, key="fit", required=True, help=t("fit.help"), wrap=True,
                                format_func=lambda mode: t(f"fit.{mode}"))
    name, number, digest = chosen
    picture = PictureChoice(name, number, address.keep("fit", mode, modes[0]), digest)
    preparation = prepared(picture, input_shape)
    show_preparation(preparation)
    return picture, preparation


def load_picture(picture: PictureChoice, input_shape: tuple[int, int, int]) -> tuple[Tensor, int | None]:
    """The image uint8 (C, H, W) as it came, and its label where it has one."""
    from cnnviz.data import SAMPLES

    if picture.digest:
        return st.session_state["upload.image"], None
    if picture.name in SAMPLES:
        return SAMPLES[picture.name].load(picture.number, input_shape), None
    images = _set(picture.name)
    index = picture.number % len(images)
    return images.images[index], int(images.labels[index])


def prepared(picture: PictureChoice, input_shape: tuple[int, int, int]) -> Preparation:
    """The image on its way into a network that takes `input_shape`."""
    from cnnviz.data import prepare

    return prepare(load_picture(picture, input_shape)[0], input_shape, picture.mode)


def show_preparation(preparation: Preparation) -> None:
    """Every step from the original to the network's input, each as a picture with what was done to it."""
    cells = st.columns(max(4, len(preparation.steps)))
    for cell, step in zip(cells, preparation.steps, strict=False):
        sentence = step.note.say(language())
        with cell:
            st.image(_shown(step.image), caption=sentence, alt=sentence, width="stretch")


def _shown(image: Tensor) -> object:
    """(C, H, W) as an array that Streamlit draws: grey or colour, in [0, 255]."""
    values = image.float()
    if image.is_floating_point():
        low, high = values.min(), values.max()
        values = 255 * (values - low) / (high - low).clamp(min=1e-12)
    channels = values if values.shape[0] == 3 else values[:1]
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


def _sets() -> tuple[str, ...]:
    """The image sets that lie on this machine and have no sample of their own."""
    from cnnviz.data import DATASETS

    return tuple(name for name, entry in DATASETS.items() if entry.needs_download and entry.present(None))


@st.cache_resource(max_entries=2, show_spinner=False)
def _set(name: str) -> ImageSet:
    from cnnviz.data import dataset

    return dataset(name).load("test", download=False)


def _title(name: str, t: Text, words: Text) -> str:
    if name == UPLOAD:
        return t("upload.title")
    key = f"sample.{name}.title"
    return words(key) if key in words else words(f"set.{name}.title")
