"""The networks that can stand beside the chosen one: others of the same classes, and the moments of a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cnnviz.errors import UserError
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.inputs.finished_runs import finished_runs, run_title
from cnnviz.ui.inputs.weight_files import stamped
from cnnviz.ui.inputs.weight_info import origin
from cnnviz.ui.inputs.weights import FILE, Weights, written
from cnnviz.ui.pages.saliency.subject import SaliencyInput

if TYPE_CHECKING:
    from cnnviz.data import Dataset
    from cnnviz.runs.record import RunRecord


def same_classes(subject: SaliencyInput) -> dict[str, SaliencyInput]:
    """The same image for every trained network of the same classes and channels, the subject's own first.

    By its weights as the URL names them.
    """
    from cnnviz.checkpoints import CHECKPOINTS
    from cnnviz.zoo import ARCHITECTURES

    texts = {name: Weights("checkpoint", name) for name in CHECKPOINTS}
    for architecture in ARCHITECTURES:
        texts |= {written(Weights("run", run.id)): Weights("run", run.id) for run in finished_runs(architecture)}
    found = {key(subject): subject}
    own = subject.dataset()
    for text, weights in texts.items():
        if text in found:
            continue
        try:
            known, weights = origin(weights), stamped(weights)
        except UserError:  # its images, whose mean and deviation it needs, are gone, or it is
            continue
        network = known.network
        if network is None or own is None:
            continue
        other = replace(subject, network=network, weights=weights, origin=known)
        if _family(other.dataset()) == _family(own) and network.input_shape[0] == subject.network.input_shape[0]:
            found[text] = replace(other, picture=replace(subject.picture, scaling=known.scaling, shorter=known.shorter))
    return found


def title(text: str, subject: SaliencyInput, t: Text) -> str:
    """What a network is called beside others, with how well it does."""
    weights, accuracy = subject.weights, subject.origin.accuracy
    names = {"checkpoint": weights.name, FILE: weights.title}
    name = run_title(weights) if weights.kind == "run" else names.get(weights.kind) or text
    return t("network.entry", name=name, share="–" if accuracy is None else percent(accuracy))


def key(subject: SaliencyInput) -> str:
    """The text of a subject's weights in the URL, without the step of a run; of a user's file, the network's name."""
    if subject.weights.kind == FILE:  # its title may hold what separates the entries of a link
        return subject.network.name
    return written(replace(subject.weights, step=None))


def steps_of(weights: Weights) -> tuple[int, ...]:
    """The steps of a run whose weights were kept; nothing for what is no run."""
    from cnnviz.runs.checkpoint import saved_steps

    record = _run(weights)
    return saved_steps(record.folder) if record is not None else ()


def steps_per_epoch(weights: Weights) -> float:
    """How many steps of a run make an epoch."""
    record = _run(weights)
    return record.steps / max(1, record.plan.config.epochs) if record is not None and record.steps else 1.0


def _family(entry: Dataset | None) -> str:
    return "" if entry is None else entry.family or entry.name


def _run(weights: Weights) -> RunRecord | None:
    from cnnviz.runs.store import RunStore

    try:
        return RunStore().find(weights.name) if weights.kind == "run" else None
    except UserError:
        return None
