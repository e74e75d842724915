"""The prediction of a trained model for the chosen image, beside the image's true class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.data.datasets import find_dataset
from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.text import Text, load
from cnnviz.text.numbers import percent
from cnnviz.ui.core import asking
from cnnviz.ui.core.heavy_work import heavy_value
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.handwriting import draw_low_confidence
from cnnviz.ui.inputs.image_choice import ImageChoice, image_set_of, prepare_image, true_classes
from cnnviz.ui.inputs.image_picker import is_stand_in
from cnnviz.ui.inputs.model_cache import cached_network

if TYPE_CHECKING:
    from torch import Tensor


def cached_logits(model: TrainedModel, image: ImageChoice) -> Tensor:
    """Return the logits (K,) of an image.

    Raises:
        UserError: as `cached_network`.
    """
    trace = model.spec.trace()

    def compute() -> Tensor:
        import torch

        with torch.no_grad():
            logits: Tensor = cached_network(model)(prepare_image(image, model).tensor)
        return logits[0]

    peak = sum(layer.activation_bytes for layer in trace.layers)
    return heavy_value("scores", (model, image), 8 * model.spec.num_classes, compute, trace.macs, peak, language())


def draw_prediction(model: TrainedModel, image: ImageChoice) -> None:
    """Draw one line: the predicted classes with their probabilities, and the true class where the image has one.

    Nothing is drawn for an image that stands in for the user's own.
    """
    if is_stand_in(image):
        return
    t = load("weights", language())
    predicted, truth = _predicted(model, image, t), _true_names(image, t)
    if predicted and not asking.reveal("prediction", (model.to_url(), image)):
        return
    if predicted and truth:
        st.markdown(f"{predicted} · {t('true.beside', classes=truth)}")
    elif predicted or truth:
        st.markdown(predicted or t("true.alone", classes=truth))
    if predicted and not model.multi_label:
        draw_low_confidence(image, float(model.probabilities(cached_logits(model, image)).max()))


def _predicted(model: TrainedModel, image: ImageChoice, t: Text) -> str:
    if not model.source.is_trained:
        return ""
    try:
        logits = cached_logits(model, image)
    except UserError:  # the walk says it
        return ""
    names = model.class_names(t.language, image_set_of(image), numbered=False)
    shares = model.probabilities(logits.double())
    several = model.multi_label
    found = [index for index, logit in enumerate(logits.tolist()) if logit > 0] if several else [int(logits.argmax())]
    pairs = t.listed(
        t("predicted.one", name=escape_markdown(_name(names, index, t)), share=percent(float(shares[index])))
        for index in found
    )
    return _mark(found, model, image) + t("predicted.classes", classes=pairs or t("predicted.none"))


def _mark(found: list[int], model: TrainedModel, image: ImageChoice) -> str:
    """Return a mark for right or wrong, where the image is of the set that the network was trained on."""
    truth = true_classes(image)
    if truth is None or _family(model.info.dataset) != _family(image_set_of(image)):
        return ""
    return ":material/check_circle: " if tuple(found) == truth else ":material/cancel: "


def _family(name: str) -> str:
    entry = find_dataset(name)
    return "" if entry is None else entry.family or name


def _true_names(image: ImageChoice, t: Text) -> str:
    truth, entry = true_classes(image), find_dataset(image_set_of(image))
    if truth is None or entry is None:
        return ""
    names = t.listed(escape_markdown(entry.class_name(index, t.language)) for index in truth)
    return f"**{names}**"


def _name(names: list[str], index: int, t: Text) -> str:
    return names[index] if index < len(names) else t("class_number", number=index)
