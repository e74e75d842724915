"""What a trained network says of the chosen image, beside what the image is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.text import Text, load
from cnnviz.text.numbers import percent
from cnnviz.ui.core.shell import language, plain
from cnnviz.ui.inputs.handwriting import say_low_confidence
from cnnviz.ui.inputs.image_picker import PictureChoice, is_stand_in, prepared, set_of, true_classes
from cnnviz.ui.inputs.model_picker import Chosen
from cnnviz.ui.inputs.network import NetworkChoice, cached_network
from cnnviz.ui.inputs.weight_info import find_set
from cnnviz.ui.inputs.weights import Weights

if TYPE_CHECKING:
    from torch import Tensor


@st.cache_resource(max_entries=256, show_spinner=False)
def scores(network: NetworkChoice, weights: Weights, picture: PictureChoice) -> Tensor:
    """The logits (K,) of an image.

    Raises:
        UserError: as `cached_network`.
    """
    import torch

    model, image = cached_network(network, weights), prepared(picture, network.input_shape).tensor
    with torch.no_grad():
        logits: Tensor = model(image)
    return logits[0]


def class_names(chosen: Chosen, picture: PictureChoice, language: str) -> list[str]:
    """The names of the network's classes: of the set it was trained on, else of the image's own set if as many."""
    if chosen.origin.classes:
        return list(chosen.origin.classes)
    entry = find_set(chosen.origin.dataset or set_of(picture))
    if entry is None or entry.num_classes != chosen.network.num_classes:
        return []
    return [entry.class_name(index, language) for index in range(entry.num_classes)]


def say_prediction(chosen: Chosen, picture: PictureChoice) -> None:
    """One line: what the network says and how sure it is, and the true class where the image has one.

    Nothing is said of an image that stands in for the user's own.
    """
    if is_stand_in(picture):
        return
    t = load("weights", language())
    said, truth = _predicted(chosen, picture, t), _true(picture, t)
    if said and truth:
        st.markdown(f"{said} · {t('true.beside', classes=truth)}")
    elif said or truth:
        st.markdown(said or t("true.alone", classes=truth))
    if said and not is_multi_label(chosen):
        say_low_confidence(picture, float(scores(chosen.network, chosen.weights, picture).softmax(0).max()))


def _predicted(chosen: Chosen, picture: PictureChoice, t: Text) -> str:
    if not chosen.weights.trained:
        return ""
    try:
        logits = scores(chosen.network, chosen.weights, picture)
    except UserError:  # the walk says it
        return ""
    names = class_names(chosen, picture, t.language)
    several = is_multi_label(chosen)
    shares = logits.double().sigmoid() if several else logits.double().softmax(0)
    found = [index for index, logit in enumerate(logits.tolist()) if logit > 0] if several else [int(logits.argmax())]
    pairs = t.listed(
        t("predicted.one", name=plain(_name(names, index, t)), share=percent(float(shares[index]))) for index in found
    )
    return _mark(found, chosen, picture) + t("predicted.classes", classes=pairs or t("predicted.none"))


def _mark(found: list[int], chosen: Chosen, picture: PictureChoice) -> str:
    """Right or wrong, where the image is of the set that the network was trained on."""
    truth = true_classes(picture)
    if truth is None or _family(chosen.origin.dataset) != _family(set_of(picture)):
        return ""
    return ":material/check_circle: " if tuple(found) == truth else ":material/cancel: "


def _family(name: str) -> str:
    entry = find_set(name)
    return "" if entry is None else entry.family or name


def is_multi_label(chosen: Chosen) -> bool:
    """Return whether an image may be of several classes at once for this network: a sigmoid each, no softmax."""
    entry = find_set(chosen.origin.dataset)
    return entry is not None and entry.multi_label


def _true(picture: PictureChoice, t: Text) -> str:
    truth, entry = true_classes(picture), find_set(set_of(picture))
    if truth is None or entry is None:
        return ""
    names = t.listed(plain(entry.class_name(index, t.language)) for index in truth)
    return f"**{names}**"


def _name(names: list[str], index: int, t: Text) -> str:
    return names[index] if index < len(names) else t("class_number", number=index)
