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
from cnnviz.text import Text
from cnnviz.train.predictions import BATCH, Predictions, predict
from cnnviz.ui.core.admission import describe_position, heavy_gate, session_id
from cnnviz.ui.core.byte_cache import MEGABYTE, ByteCache
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.inputs.image_cache import cached_test_images
from cnnviz.ui.inputs.model_cache import check_memory

PROGRESS_AFTER_SECONDS = 1.0
"""Seconds of work left from which progress is shown, with a way to stop."""
LIGHT_MACS = 5 * 10**9
"""Multiply-adds that are done in a moment and wait for nobody."""
CACHE_BYTES = 64 * MEGABYTE
_STOPPED = "mistakes.stopped"


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


def predictions_of(model: TrainedModel, t: Text) -> Predictions | None:
    """Return the network's answers for its test images: all of them, or the first where the user stopped the work.

    Raises:
        UserError: weights or images that cannot be read, or a network too large for the memory left.
    """
    images = test_images_of(model)
    held = _logits_cache().get(
        (model, model.info.dataset, len(images)),
        4 * len(images) * model.spec.num_classes,
        lambda: PartialLogits(len(images), model.spec.num_classes),
    )
    if not held.whole and st.session_state.get(_STOPPED) != model.weights:
        _compute(model, images, held, t)
    if not held.whole:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(t("compute.stopped", done=f"{held.done:,}", count=f"{len(images):,}"))
            st.button(t("compute.go_on"), key="go_on", icon=":material/play_arrow:", on_click=_go_on)
    done = held.done
    return Predictions(held.logits[:done], images.labels[:done]) if done else None


def test_images_of(model: TrainedModel) -> ImageSet:
    """Return the test images of a network; their files must be there."""
    return cached_test_images(
        model.info.dataset, model.info.training.limit if model.info.training is not None else None
    )


def _compute(model: TrainedModel, images: ImageSet, held: PartialLogits, t: Text) -> None:
    facts, place = model.spec.trace(), st.empty()
    check_memory(4 * facts.num_params)

    def wait(turn: int) -> None:
        with place.container(horizontal=True, vertical_alignment="center"):
            st.progress(0.0, describe_position(turn, t.language))

    if (len(images) - held.done) * facts.macs < LIGHT_MACS:
        _predict_rest(model, images, held, place, t)
        return
    largest = max((layer.activation_bytes for layer in facts.layers), default=0)
    with heavy_gate().admitted(
        session_id(), 3 * BATCH * largest, wait
    ):  # a layer's input and output, and its workspace
        _predict_rest(model, images, held, place, t)


def _predict_rest(model: TrainedModel, images: ImageSet, held: PartialLogits, place: DeltaGenerator, t: Text) -> None:
    network, preparation = model.network(), model.batch_preparation()
    bar, begin, before = None, perf_counter(), held.done
    while not held.whole:
        with held.lock:
            first = held.done
            if first < len(images):
                logits = predict(network, images.images[first : first + BATCH], preparation)
                held.logits[first : first + len(logits)] = logits
                held.done = first + len(logits)
        left = (perf_counter() - begin) / max(1, held.done - before) * (len(images) - held.done)
        if bar is None and left > PROGRESS_AFTER_SECONDS:
            with place.container(horizontal=True, vertical_alignment="center"):
                bar = st.progress(0.0)
                st.button(t("compute.stop"), key="stop", icon=":material/stop:", on_click=_stop, args=(model,))
        if bar is not None:  # a click meanwhile ends this run of the script here
            said = t("compute.progress", done=f"{held.done:,}", count=f"{len(images):,}", seconds=f"{left:.0f}")
            bar.progress(held.done / len(images), said)
    place.empty()


def _stop(model: TrainedModel) -> None:
    st.session_state[_STOPPED] = model.weights


def _go_on() -> None:
    st.session_state.pop(_STOPPED, None)


@server_state
def _logits_cache() -> ByteCache[PartialLogits]:
    return ByteCache(CACHE_BYTES, max_entries=64)
