"""The networks that can stand beside the chosen one: others of the same classes."""

from __future__ import annotations

from dataclasses import replace

from cnnviz.data import Dataset
from cnnviz.errors import UserError
from cnnviz.models.model import TrainedModel
from cnnviz.models.sources.table import WEIGHT_SOURCES, format_weights, source_of
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.core import browser_key
from cnnviz.ui.pages.saliency.subject import SaliencyInput


def same_classes(subject: SaliencyInput) -> dict[str, SaliencyInput]:
    """Return the same image for every trained network of the same classes and channels, the subject's own first.

    The keys are the texts by which a link names them.
    """
    found = {key(subject): subject}
    own = subject.model.dataset
    for weights in (weights for source in WEIGHT_SOURCES.values() for weights in source.list(owner=browser_key.key())):
        text = format_weights(weights)
        if text in found or own is None:
            continue
        try:
            source_of(weights).check(weights)
            model = TrainedModel.of(weights)
        except (UserError, ValueError):  # it, or images that it needs, are gone; or it does not tell its network
            continue
        same_channels = model.spec.input_shape[0] == subject.spec.input_shape[0]
        if _family(model.dataset) == _family(own) and same_channels:
            found[text] = replace(subject, model=model)
    return found


def title(text: str, subject: SaliencyInput, t: Text) -> str:
    """Return the title of a network beside others, with its accuracy."""
    model = subject.model
    name = model.source.short_title(model.weights) or text
    return t("network.entry", name=name, share="–" if model.accuracy is None else percent(model.accuracy))


def key(subject: SaliencyInput) -> str:
    """Return the text by which a list in a link names the network of a subject."""
    return subject.model.source.key(subject.model.weights, subject.spec)


def _family(entry: Dataset | None) -> str:
    return "" if entry is None else entry.family or entry.name
