"""Which image a page is about: a sample, an image of a set, noise, or the reader's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text, load
from cnnviz.ui.components.pad.pad_view import DRAWN, STROKES
from cnnviz.ui.core import url_state
from cnnviz.ui.core.choice_widget import pick_one
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.download_prompt import present
from cnnviz.ui.inputs.handwriting import ask_handwriting, forget_handwriting, show_steps
from cnnviz.ui.inputs.image_cache import held_out
from cnnviz.ui.inputs.own_image import CAMERA, UPLOAD, ask_drawing, ask_own_image, own_image
from cnnviz.ui.inputs.polarity import ask_negative, forget_negative
from cnnviz.ui.inputs.uploaded_set import own_sets
from cnnviz.ui.inputs.weight_info import Origin, find_set

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from streamlit.delta_generator import DeltaGenerator
    from torch import Tensor

    from cnnviz.data import Dataset, Preparation
    from cnnviz.data.framing import Framing

OWN = (DRAWN, UPLOAD, CAMERA)
"""Ways to an image of the user's own."""
_ICONS = {DRAWN: ":material/draw:", UPLOAD: ":material/upload:", CAMERA: ":material/photo_camera:"}
LARGEST_NUMBER = 9999
_NARROWEST = 16
"""Times that the longer side of a picture of a step may be the shorter one; Streamlit fails on a thread of pixels."""
_STEP_WIDTH = 128
"""Pixels that a step of the preparation takes on the screen."""
_SAME = {"digit": "digits"}
"""Samples that are test images of a set, by the name of the set."""


@dataclass(frozen=True, slots=True)
class PictureChoice:
    """One image by name, number and way of fitting; hashable, so that it can be the key of a cache."""

    name: str
    number: int
    mode: str
    digest: str = ""
    """Of the reader's own file; of a drawing its strokes, as `Drawing.write` gives them."""
    scaling: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    """Mean and deviation per channel that the network's weights were trained with; None for pixels in [0, 1]."""
    shorter: int = 0
    """Pixels that the shorter side is brought to before the middle is cut out, where the weights ask for that."""
    negative: bool = False
    """Whether light and dark are swapped first."""
    framing: Framing | None = None
    """The frame that a handwritten digit is brought into; None for an image that is read as it is."""
    as_it_is: bool = False
    """Whether it is one that could be brought into a frame, and is not."""

    def query(self) -> dict[str, str]:
        """The state of a link that chooses this image."""
        return (
            {"image": self.name, "n": str(self.number), "fit": self.mode}
            | ({"negative": "1"} if self.negative else {})
            | ({"handwriting": "0"} if self.as_it_is else {})
            | ({STROKES: self.digest} if self.name == DRAWN else {})
        )


def pick_picture(num_channels: int, dataset: str = "") -> tuple[str, int, str]:
    """The menu of images and the number of the image: name, number and digest.

    Begins with the first test image of `dataset` where that lies on this machine, else with a digit or a flower.
    """
    from cnnviz.data import SAMPLES

    t, words = load("picture", language()), load("data", language())
    sets = image_sets()
    names = (*sets, *(name for name in SAMPLES if name not in (*sets, *_SAME)), *OWN)
    default = dataset if dataset in sets else "digits" if num_channels == 1 else "flower"
    usual = st.session_state.get("image.usual", default)
    url_state.seed("image", default, url_state.one_of(names, others=_SAME))
    if usual != default and st.session_state["image"] == usual:  # the reader has not chosen: follow the network
        st.session_state["image"] = default
    st.session_state["image.usual"] = default
    if st.session_state["image"] not in names:  # a set that was removed meanwhile
        st.session_state["image"] = default
    menu, which = st.columns([2, 1])
    name = menu.selectbox(t("image"), names, key="image", format_func=lambda name: _title(name, t, words))
    number, digest = 0, ""
    numbered = name in sets or (name not in OWN and SAMPLES[name].varies)
    st.session_state["image.names"], st.session_state["image.numbered"] = names, numbered
    url_state.keep("image", name, default)
    if name != DRAWN:
        url_state.hide(STROKES)
    if name in OWN:
        digest = ask_drawing() if name == DRAWN else ask_own_image(name, t)
        if not digest:
            st.info(t(f"{name}.waiting"), icon=_ICONS[name])
        return (name, 0, digest) if digest else (default, 0, "")
    if numbered:
        last = sets[name].num_test - 1 if name in sets else LARGEST_NUMBER
        url_state.seed("n", 0, url_state.whole(0, LARGEST_NUMBER))
        st.session_state["n"] %= last + 1
        number = url_state.keep(
            "n", which.number_input(t("number.label"), 0, last, key="n", step=1, help=t("number.help")), 0
        )
    if dataset and dataset not in sets:
        own = find_set(dataset)
        if own is None or present(own):
            st.caption(t("gone"))
    return name, number, digest


def is_stand_in(picture: PictureChoice) -> bool:
    """Return whether an image stands in for one of the user's own that is not there yet."""
    return st.session_state.get("image") in OWN and not picture.digest


def take_another() -> None:
    """Choose another image, for a widget's callback: the next number, or the next name where images have no numbers."""
    names, name = st.session_state.get("image.names", ()), st.session_state.get("image")
    if name in OWN or name not in names:
        url_state.put("image", st.session_state.get("image.usual", "digits"))
    elif st.session_state.get("image.numbered"):
        url_state.put("n", st.session_state.get("n", 0) + 1 if st.session_state.get("n", 0) < LARGEST_NUMBER else 0)
    else:
        url_state.put("image", names[(names.index(name) + 1) % (len(names) - len(OWN))])


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
    own = bool(digest) or is_own(name)
    framing = framing_for(picture, known.dataset)
    with beside:
        if framing is not None and ask_handwriting():
            picture = replace(picture, framing=framing)
        elif framing is not None:
            picture = replace(picture, as_it_is=True)
        if own and picture.framing is None and name != known.dataset:
            picture = replace(picture, negative=ask_negative(prepared(picture, input_shape).fitted, known.dataset))
        else:
            forget_negative()
    if framing is None:
        forget_handwriting()
    preparation = prepared(picture, input_shape)
    if picture.framing is not None:
        with beside:
            show_steps(preparation)
    show_preparation(preparation)
    return picture, preparation


def load_picture(picture: PictureChoice, input_shape: tuple[int, int, int]) -> Tensor:
    """The image uint8 (C, H, W) as it came."""
    from cnnviz.data import SAMPLES
    from cnnviz.data.drawing import Drawing

    if picture.name == DRAWN and picture.digest:
        return Drawing.read(picture.digest).image()
    if picture.digest:
        return own_image()
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
    from cnnviz.data.handwriting import prepare_handwriting

    image = load_picture(picture, input_shape)
    if picture.framing is not None:
        return prepare_handwriting(image, input_shape, picture.framing, picture.mode, picture.scaling)
    return prepare(image, input_shape, picture.mode, picture.scaling, picture.shorter, picture.negative)


def framing_for(picture: PictureChoice, dataset: str) -> Framing | None:
    """Return the frame that the image needs before a network trained on `dataset` can read it; None for none."""
    learned, own_set = find_set(dataset), find_set(set_of(picture))
    if learned is None or not (picture.digest or own_set):
        return None
    return learned.framing_for(None if own_set is None or own_set.title else own_set)


def show_preparation(preparation: Preparation) -> None:
    """Every step from the original to the network's input, each as a picture with what was done to it."""
    with st.container(horizontal=True, gap="small"):
        for step in preparation.steps:
            sentence = step.note.say(language())
            st.image(shown(step.image), caption=sentence, alt=sentence, width=_STEP_WIDTH)


def shown(image: Tensor) -> NDArray[np.uint8]:
    """Return (C, H, W) as an array that Streamlit draws: grey or colour, in [0, 255].

    A thread of pixels is drawn thicker.
    """
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


def _title(name: str, t: Text, words: Text) -> str:
    if name in OWN:
        return t(f"{name}.title")
    for key in (f"set.{name}.title", f"sample.{name}.title"):
        if key in words:
            return words(key)
    own = own_sets()
    return own[name].title if name in own else name
