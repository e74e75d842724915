"""Training images by influence (TracIn): those that raise the class most, and those that lower it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

import streamlit as st
from torch import Tensor

from cnnviz.attribution import Target
from cnnviz.attribution.tracin import Batches, TracInCheckpoint, tracin_scores
from cnnviz.data import ImageSet
from cnnviz.models.model import TrainedModel
from cnnviz.models.weights import TrainingInfo
from cnnviz.runs.history import History
from cnnviz.text import Text
from cnnviz.train.objective import objective_for
from cnnviz.ui.components.png_url import png_url
from cnnviz.ui.core import shell, url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.image_cache import cached_training_images
from cnnviz.ui.inputs.model_cache import cached_network
from cnnviz.ui.pages.saliency.comparison_axis import MapInputs
from cnnviz.ui.pages.saliency.forward_time import seconds_per_image
from cnnviz.ui.pages.saliency.links import TRAINING_COUNT
from cnnviz.ui.pages.saliency.map_computation import StoppableWork
from cnnviz.ui.pages.saliency.subject import SaliencyInput
from cnnviz.ui.pages.saliency.trust.result_cache import is_cached

MOST_MOMENTS = 6
SHOWN = 6
_ASKED = "saliency.influence"


@dataclass(frozen=True, slots=True)
class InfluenceSearch:
    """The training images to search, and the saved steps of the run (None: its last weights)."""

    subject: SaliencyInput
    target: Target
    count: int
    steps: tuple[int | None, ...]

    @property
    def passes(self) -> int:
        """Return how many images go through the network."""
        return self.count * len(self.steps)


@shell.fragment()
def draw_training_images(given: MapInputs, t: Text) -> None:
    """Draw the cost, a button, and the found images; a sentence where there is nothing to look through."""
    with st.expander(t("influence.title"), icon=":material/history_edu:", expanded=_ASKED in st.session_state):
        st.markdown(t("influence.asks"))
        training = training_of(given.subject)
        if training is None:
            st.info(t("influence.none"), icon=":material/model_training:")
            return
        with shell.guarded():
            _search(given, training, t)


def training_of(subject: SaliencyInput) -> TrainingInfo | None:
    """Return the settings of the network's training, where its training images are on this machine; else None."""
    entry, training = subject.model.dataset, subject.model.info.training
    if training is None or entry is None:
        return None
    return training if entry.present(None if training.data_dir is None else Path(training.data_dir)) else None


def search_of(given: MapInputs, training: TrainingInfo, most: int) -> InfluenceSearch:
    """Return up to `most` training images at the moments of the network's training that were kept."""
    model = given.subject.model
    entry, until = model.dataset, model.weights.step
    assert entry is not None
    count = min(most, training.limit or entry.num_train, entry.num_train)
    kept = [step for step in model.source.saved_steps(model.weights) if 0 < step <= (until or step)]
    last = len(kept) - 1
    steps = (
        tuple(
            kept[place] for place in sorted({round(part * last / (MOST_MOMENTS - 1)) for part in range(MOST_MOMENTS)})
        )
        if kept
        else (None,)
    )
    target = replace(given.target, minus=None, probability=False, independent=given.classes.several)
    return InfluenceSearch(given.subject, target, count, steps)


def scores_of(search: InfluenceSearch, training: TrainingInfo, work: StoppableWork | None = None) -> Tensor:
    """Return float32 (N,): by how much a step on each image raised log p of the class.

    Raises:
        UserError: what `tracin_scores` refuses, or weights and images that are gone.
    """
    images = images_of(search, training)
    smoothing = float(training.settings["label_smoothing"])
    goal = objective_for(images.labels)
    return tracin_scores(
        _moments(search, training),
        search.subject.input(),
        search.target,
        _batches(search, images),
        lambda scores, labels: goal.loss(scores, labels, smoothing),
        count=search.passes,
        progress=work,
    )


def images_of(search: InfluenceSearch, training: TrainingInfo) -> ImageSet:
    """Return the training images that are looked through."""
    return cached_training_images(search.subject.model.info.dataset, search.count, training.data_dir)


def _moments(search: InfluenceSearch, training: TrainingInfo) -> Iterator[TracInCheckpoint]:
    model, rates = search.subject.model, _rates(training)
    for step in search.steps:
        moment = model if step is None else TrainedModel.of(replace(model.weights, step=step), model.spec)
        usual = float(training.settings["learning_rate"])
        yield TracInCheckpoint(cached_network(moment), usual if step is None else rates.get(step, usual))


def _rates(training: TrainingInfo) -> dict[int, float]:
    """Return the learning rate of each step of a run, as it was reported."""
    if training.folder is None:
        return {}
    history = History()
    history.follow(training.folder)
    return {int(step): rate for step, rate in zip(history.steps["step"], history.steps["learning_rate"], strict=True)}


def _batches(search: InfluenceSearch, images: ImageSet) -> Batches:
    prepare = search.subject.model.batch_preparation()
    return lambda most: (
        (prepare(some), labels)
        for some, labels in zip(images.images.split(most), images.labels.split(most), strict=True)
    )


def _search(given: MapInputs, training: TrainingInfo, t: Text) -> None:
    most = url.select(TRAINING_COUNT, t("influence.count"), "{:,}".format, style="segments")
    search = search_of(given, training, most)
    key = ("influence", search)
    seconds = search.passes * seconds_per_image(search.subject)
    st.caption(
        t(
            "influence.cost",
            images=f"{search.count:,}",
            moments=len(search.steps),
            passes=f"{search.passes:,}",
            seconds=f"{max(1, round(seconds))}",
        )
    )
    work = StoppableWork(key, "influence", t)
    asking = st.empty()
    if not is_cached(key):
        asking.button(t("influence.go"), key="influence.go", icon=":material/search:", on_click=_request, args=(key,))
        if st.session_state.get(_ASKED) != key or work.stopped:
            return
        asking.empty()
    st.session_state[_ASKED] = key
    with work:
        scores = work.result(
            key, 4 * search.count, lambda: scores_of(search, training, work), search.subject, search.passes
        )
    _show(search, training, scores, given, t)


def _show(search: InfluenceSearch, training: TrainingInfo, scores: Tensor, given: MapInputs, t: Text) -> None:
    images, name = images_of(search, training), escape_markdown(given.classes.names[search.target.index])
    order = scores.argsort(descending=True, stable=True).tolist()
    for side, numbers in (
        ("for", [number for number in order[:SHOWN] if scores[number] > 0]),
        ("against", [number for number in order[::-1][:SHOWN] if scores[number] < 0]),
    ):
        st.markdown(f"**{t(f'influence.{side}', name=name)}**")
        if not numbers:
            st.caption(t("influence.nothing"))
        tiles = "".join(_tile(images, number, scores, given, t) for number in numbers)
        st.html(f'<div style="display:flex;flex-wrap:wrap;gap:12px">{tiles}</div>')
    st.caption(f"{t('influence.means', name=name)} **{t('not_said')}** {t('influence.limits')}")


def _tile(images: ImageSet, number: int, scores: Tensor, given: MapInputs, t: Text) -> str:
    labels = t.listed(given.classes.names[one] for one in images.classes_of(number))
    score = f"{float(scores[number]):+.2g}".replace("-", "\N{MINUS SIGN}", 1)
    said = {"label": labels, "score": score, "number": number}
    return (
        f'<figure style="margin:0;width:84px"><img src="{png_url(images.images[number])}" width="84" height="84" '
        f'alt="{escape(t("influence.alt", **said))}" style="image-rendering:pixelated;border-radius:6px">'
        f'<figcaption style="font-size:0.8rem;overflow-wrap:anywhere">{escape(labels)}<br>{score}</figcaption>'
        "</figure>"
    )


def _request(key: object) -> None:
    st.session_state[_ASKED] = key
