"""Whose answers are looked at: a network that comes with the app, or a run of the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.ui.core import url_state
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.inputs.network import NetworkChoice
from cnnviz.ui.inputs.weights import Weights, read, written

if TYPE_CHECKING:
    from cnnviz.checkpoints import Card
    from cnnviz.data import Dataset
    from cnnviz.runs.record import RunRecord
    from cnnviz.runs.trained import Trained

LISTED = 50
"""The newest runs that are offered."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A trained network, the images that it is tested on, and the way to it from another page."""

    trained: Trained
    weights: Weights
    network: NetworkChoice
    version: str
    """Changes whenever the weights do."""
    limit: int | None
    """The first so many test images; None for all."""
    accuracy: float | None
    """As the card or the run says it."""

    @property
    def images(self) -> Dataset:
        """Its image set."""
        from cnnviz.data import dataset

        return dataset(self.trained.dataset)

    def query(self) -> dict[str, str]:
        """The state of a link that brings network and weights."""
        return {**self.network.query(), **self.weights.query()}


def of_card(card: Card) -> Subject:
    """A network that comes with the app."""
    from cnnviz.runs.trained import of_card

    return _subject(of_card(card), Weights("checkpoint", card.name), card.sha256, None, card.test_accuracy)


def of_run(record: RunRecord) -> Subject:
    """A run, with its latest weights."""
    from cnnviz.runs.trained import of_run

    return _subject(
        of_run(record.plan, record.folder),
        Weights("run", record.id),
        f"{record.step} {record.changed}",
        record.plan.limit,
        record.test_accuracy,
    )


def _subject(trained: Trained, weights: Weights, version: str, limit: int | None, accuracy: float | None) -> Subject:
    network = NetworkChoice(
        trained.architecture, tuple(trained.options.items()), trained.input_shape, trained.num_classes
    )
    return Subject(trained, weights, network, version, limit, accuracy)


def pick(t: Text) -> Subject | None:
    """The network that the reader looks at; None where there is none at all."""
    from cnnviz.checkpoints import CHECKPOINTS

    titles = {name: name for name in CHECKPOINTS}
    runs = {written(Weights("run", record.id)): record for record in run_queue.runs()[:LISTED] if rests(record)}
    titles |= {text: t("pick.run", name=record.title) for text, record in runs.items()}
    default = next(iter(titles), "")
    wanted = url_state.seed("weights", default, _text)
    if wanted not in titles:
        try:
            runs[wanted] = _linked(wanted)
            titles[wanted] = t("pick.run", name=runs[wanted].title)
        except UserError:
            if wanted:
                url_state.note_wrong("weights", wanted)
            url_state.put("weights", default)
    if not titles:
        return None
    chosen = st.selectbox(
        t("pick.label"),
        tuple(titles),
        key="weights",
        help=t("pick.help"),
        format_func=lambda text: titles.get(text, text),
    )
    url_state.keep("weights", chosen, default)
    return of_run(runs[chosen]) if chosen in runs else of_card(CHECKPOINTS[chosen])


def rests(record: RunRecord) -> bool:
    """Whether a run has learned something and is not about to change."""
    from cnnviz.runs.record import ALIVE

    return record.step > 0 and record.status not in ALIVE


def _linked(text: str) -> RunRecord:
    """The run that a link names.

    Raises:
        UserError: there is none such, or it has no weights yet.
    """
    from cnnviz.runs import RunStore

    weights = read(text)
    record = RunStore().find(weights.name if weights.kind == "run" else "")
    if not rests(record):
        raise UserError("run_no_weights", path=record.folder.name)
    return record


def _text(text: str) -> str:
    weights = read(text)
    if weights.kind not in ("checkpoint", "run"):
        raise ValueError(text)
    return written(Weights(weights.kind, weights.name))
