"""The answers for a whole test set: computed once for all users, a piece at a time, and kept within bounds."""

from __future__ import annotations

from threading import Lock
from time import perf_counter

import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from torch import Tensor

from cnnviz.data import ImageSet
from cnnviz.models import TrainedModel
from cnnviz.text import load
from cnnviz.train.predictions import BATCH, Predictions, predict
from cnnviz.ui.core.admission import describe_position, heavy_gate, session_id
from cnnviz.ui.core.byte_cache import ByteCache
from cnnviz.ui.core.memory_budget import shared_cache
from cnnviz.ui.core.shell import language
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.inputs.model_cache import check_memory

PROGRESS_AFTER_SECONDS = 1.0
"""Seconds of work left from which progress is shown, with a way to stop."""
LIGHT_MACS = 5 * 10**9
"""Multiply-adds that are done in a moment and wait for nobody."""
MOST_IMAGES, MOST_MACS = 1000, 5 * 10**10
"""Images, and multiply-adds for all of them, that `first_predictions` spends on a network at most."""
LEAST_IMAGES = 48
"""Images that it predicts for the costliest network too."""
_STOPPED = "predictions.stopped"


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
    if not held.whole and st.session_state.get(_STOPPED) != model.weights:
        _compute(model, images, held, len(images))
    if not held.whole:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(t("stopped", done=f"{held.done:,}", count=f"{len(images):,}"))
            st.button(t("go_on"), key="go_on", icon=":material/play_arrow:", on_click=_go_on)
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
    if held.done < count and st.session_state.get(_STOPPED) != model.weights:
        _compute(model, images, held, count)
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


def _compute(model: TrainedModel, images: ImageSet, held: PartialLogits, count: int) -> None:
    """Predict up to the first `count` images."""
    facts, place = model.spec.trace(), st.empty()
    check_memory(4 * facts.num_params)

    def wait(turn: int) -> None:
        with place.container(horizontal=True, vertical_alignment="center"):
            st.progress(0.0, describe_position(turn, language()))

    if (count - held.done) * facts.macs < LIGHT_MACS:
        _predict_rest(model, images, held, count, place)
        return
    largest = max((layer.activation_bytes for layer in facts.layers), default=0)
    with heavy_gate().admitted(
        session_id(), 3 * BATCH * largest, wait
    ):  # a layer's input and output, and its workspace
        _predict_rest(model, images, held, count, place)


def _predict_rest(
    model: TrainedModel, images: ImageSet, held: PartialLogits, count: int, place: DeltaGenerator
) -> None:
    network, preparation, t = model.network(), model.batch_preparation(), load("predictions", language())
    bar, begin, before = None, perf_counter(), held.done
    while held.done < count:
        with held.lock:
            first = held.done
            if first < count:
                logits = predict(network, images.images[first : first + BATCH], preparation)
                held.logits[first : first + len(logits)] = logits
                held.done = first + len(logits)
        left = (perf_counter() - begin) / max(1, held.done - before) * (count - held.done)
        if bar is None and left > PROGRESS_AFTER_SECONDS:
            with place.container(horizontal=True, vertical_alignment="center"):
                bar = st.progress(0.0)
                st.button(t("stop"), key="stop", icon=":material/stop:", on_click=_stop, args=(model,))
        if bar is not None:  # a click meanwhile ends this run of the script here
            said = t("progress", done=f"{held.done:,}", count=f"{count:,}", seconds=f"{left:.0f}")
            bar.progress(min(1.0, held.done / count), said)
    place.empty()


def _stop(model: TrainedModel) -> None:
    st.session_state[_STOPPED] = model.weights


def _go_on() -> None:
    st.session_state.pop(_STOPPED, None)


def _logits_cache() -> ByteCache[PartialLogits]:
    return shared_cache("predictions")
