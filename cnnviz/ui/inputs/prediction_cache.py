"""The answers for a whole test set: computed once for all users, a piece at a time, and kept within bounds."""

from __future__ import annotations

from threading import Lock
from time import perf_counter

import streamlit as st
import torch
from torch import Tensor

from cnnviz.data import ImageSet
from cnnviz.models import TrainedModel
from cnnviz.text import load
from cnnviz.train.predictions import BATCH, Predictions, predict
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.heavy_work import HeavyWork, resume
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.inputs.model_cache import check_memory

MOST_IMAGES, MOST_MACS = 1000, 5 * 10**10
"""Images, and multiply-adds for all of them, that `first_predictions` spends on a network at most."""
LEAST_IMAGES = 48
"""Images that it predicts for the costliest network too."""
WORK = "predictions"
"""The name of the work that the user can stop."""


class PartialLogits:
    """The class scores of the first images of a set; the next user's computation goes on where the last one stopped."""

    def __init__(self, count: int, classes: int) -> None:
        self.logits: Tensor = torch.empty(count, classes)
        self.done = 0
        self.lock = Lock()

    @property
    def whole(self) -> bool:
        """Return whether every image has its answer."""
        return self.done == len(self.logits)


def predictions_of(model: TrainedModel) -> Predictions | None:
    """Return the network's answers for its test images: all of them, or the first where the user stopped the work.

    Raises:
        UserError: weights or images that cannot be read, or a network too large for the memory left.
    """
    images = test_images_of(model)
    held, t = _held(model, images), load("predictions", language())
    work = HeavyWork(model.weights, WORK, language())
    if not held.whole and not work.was_stopped:
        _compute(model, images, held, len(images), work)
    if not held.whole:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(t("stopped", done=f"{held.done:,}", count=f"{len(images):,}"))
            st.button(t("go_on"), key="go_on", icon=":material/play_arrow:", on_click=resume, args=(WORK,))
    return _done(held, images)


def first_predictions(model: TrainedModel) -> Predictions | None:
    """Return the network's answers for the first of its test images, as many as take a moment.

    Raises:
        UserError: as `predictions_of`.
    """
    images = test_images_of(model)
    held = _held(model, images)
    affordable = max(LEAST_IMAGES, MOST_MACS // max(1, model.spec.trace().macs))
    count = min(MOST_IMAGES, affordable, len(images))
    work = HeavyWork(model.weights, WORK, language())
    if held.done < count and not work.was_stopped:
        _compute(model, images, held, count, work)
    return _done(held, images)


def test_images_of(model: TrainedModel) -> ImageSet:
    """Return the test images of a network; their files must be there."""
    return cached_test_images(
        model.info.dataset, model.info.training.limit if model.info.training is not None else None
    )


def _held(model: TrainedModel, images: ImageSet) -> PartialLogits:
    classes = model.spec.num_classes
    return _logits_cache().get(
        (model, model.info.dataset, len(images)),
        4 * len(images) * classes,
        lambda: PartialLogits(len(images), classes),
    )


def _done(held: PartialLogits, images: ImageSet) -> Predictions | None:
    done = held.done
    return Predictions(held.logits[:done], images.labels[:done]) if done else None


def _compute(model: TrainedModel, images: ImageSet, held: PartialLogits, count: int, work: HeavyWork) -> None:
    """Predict up to the first `count` images."""
    facts, weights = model.spec.trace(), 4 * model.spec.trace().num_params
    check_memory(weights)
    largest = max((layer.activation_bytes for layer in facts.layers), default=0)
    images_left = min(BATCH, count - held.done)
    peak = weights + 3 * images_left * largest  # a layer's input and output, and its workspace
    with work, work.admitted((count - held.done) * facts.macs, peak):
        _predict_rest(model, images, held, count, work)


def _predict_rest(model: TrainedModel, images: ImageSet, held: PartialLogits, count: int, work: HeavyWork) -> None:
    network, preparation, t = model.network(), model.batch_preparation(), load("predictions", language())
    begin, before = perf_counter(), held.done
    while held.done < count:
        with held.lock:
            first = held.done
            if first < count:
                logits = predict(network, images.images[first : first + BATCH], preparation)
                held.logits[first : first + len(logits)] = logits
                held.done = first + len(logits)
        left = (perf_counter() - begin) / max(1, held.done - before) * (count - held.done)
        said = t("progress", done=f"{held.done:,}", count=f"{count:,}", seconds=f"{left:.0f}")
        work.show(min(1.0, held.done / count), said)  # a click meanwhile ends this run of the script here


def _logits_cache() -> ByteCache[PartialLogits]:
    return shared_cache("predictions")
