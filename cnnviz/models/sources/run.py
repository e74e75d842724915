"""Weights of the user's own runs: the latest, or those of a saved step."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from torch import Tensor

from cnnviz.data import dataset
from cnnviz.data.datasets import find_dataset
from cnnviz.data.standardise import Scaling
from cnnviz.definitions import from_json
from cnnviz.errors import UserError
from cnnviz.models.sources.source import Escape, WeightSource
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.weights import TrainingInfo, WeightsInfo, WeightsRef
from cnnviz.paths import runs_folder
from cnnviz.runs.checkpoint import modified_at, read_weights, saved_steps
from cnnviz.runs.folder import read_folder
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.runs.store import RunStore
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.train.batch_preparation import pixel_statistics
from cnnviz.zoo import ARCHITECTURES

PREFIX = "run:"
LISTED = 20
"""The newest finished runs of an architecture that a menu offers."""
LISTED_TESTABLE = 50
"""The newest runs that a menu of testable models looks through."""


class RunSource(WeightSource):
    """Trainings by the user, each a folder."""

    name = "run"
    records_training = True
    is_users = True

    def parse(self, text: str) -> WeightsRef | None:
        if not text.startswith(PREFIX):
            return None
        name, _, step = text.removeprefix(PREFIX).partition("@")
        if not name or ("@" in text and not (step.isascii() and step.isdigit() and len(step) < 12)):
            raise ValueError(text)
        return WeightsRef(self.name, name, int(step) if step else None)

    def format(self, weights: WeightsRef) -> str:
        return f"{PREFIX}{weights.name}" + (f"@{weights.step}" if weights.step is not None else "")

    def key(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return self.format(replace(weights, step=None))

    def list(self, architecture: str = "", owner: str = "") -> tuple[WeightsRef, ...]:
        finished = [record for record in _records(owner) if record.status == "finished"]
        listed = []
        for name in (*ARCHITECTURES, OWN) if not architecture else (architecture,):
            listed += [record for record in finished if record.plan.architecture == name][:LISTED]
        return tuple(WeightsRef(self.name, record.id) for record in listed)

    def list_testable(self, owner: str = "") -> tuple[WeightsRef, ...]:
        records = _records(owner)[:LISTED_TESTABLE]
        return tuple(WeightsRef(self.name, record.id) for record in records if _is_at_rest(record))

    def check_testable(self, weights: WeightsRef) -> None:
        record = _record(weights)
        if not _is_at_rest(record):
            raise UserError("run_no_weights", path=record.folder.name)

    def info(self, weights: WeightsRef, spec: ModelSpec | None = None) -> WeightsInfo:
        record = _record(weights)
        plan = record.plan
        own = planned_spec(plan)
        training = TrainingInfo(plan.config.as_json(), plan.limit, plan.data_dir, record.folder)
        return WeightsInfo(own, plan.dataset, record.test_accuracy, training=training)

    def scaling(self, info: WeightsInfo) -> Scaling | None:
        training = info.training
        if training is None or not training.settings["standardise"]:
            return None
        return _statistics(info.dataset, training.limit, training.data_dir)

    def latest(self, weights: WeightsRef) -> WeightsRef:
        return replace(weights, changed=modified_at(_record(weights).folder, weights.step))

    def check(self, weights: WeightsRef, architecture: str | None = None) -> None:
        record = _record(weights)
        if record.status != "finished" and weights.step is None:  # its latest weights may still change
            raise UserError("weights_unfinished")
        super().check(weights, architecture)
        self.scaling(self.info(weights))

    def title(self, weights: WeightsRef, t: Text) -> str:
        return t("kind.run", name=self.short_title(weights))

    def short_title(self, weights: WeightsRef) -> str:
        step = f" @ {weights.step}" if weights.step is not None else ""
        return f"{_record(weights).title}{step}"

    def describe(self, weights: WeightsRef, info: WeightsInfo, t: Text, escape: Escape = str) -> str:
        entry = find_dataset(info.dataset)
        title = info.dataset if entry is None else entry.describe("title", t.language) or info.dataset
        accuracy = "–" if info.accuracy is None else percent(info.accuracy)
        return t("said.run", name=escape(self.short_title(weights)), dataset=escape(title), accuracy=accuracy)

    def load(self, weights: WeightsRef, spec: ModelSpec) -> dict[str, Tensor]:
        return read_weights(_record(weights).folder, weights.step)

    def python(self, weights: WeightsRef, spec: ModelSpec) -> str:
        return (
            "from cnnviz.runs import RunStore\nfrom cnnviz.runs.checkpoint import read_weights\n"
            f"{spec.python_import}\n\n{spec.python()}\n"
            f"model.load_state_dict(read_weights(RunStore().find({weights.name!r}).folder, {weights.step}))\n"
            "model.eval()"
        )

    def saved_steps(self, weights: WeightsRef) -> tuple[int, ...]:
        with suppress(UserError):
            return saved_steps(_record(weights).folder)
        return ()

    def steps_per_epoch(self, weights: WeightsRef) -> float:
        with suppress(UserError):
            record = _record(weights)
            return record.steps / max(1, record.plan.config.epochs) or 1.0
        return 1.0


def planned_spec(plan: RunPlan) -> ModelSpec:
    """Return the network of a plan, with the options of today.

    Raises:
        UserError: a network of the user's own that this version cannot read.
    """
    if plan.definition:
        return _own_spec(plan.definition, plan.input_shape)
    resolved = ModelSpec.of(plan.architecture, plan.options)  # a run may be older than an option
    return ModelSpec(plan.architecture, resolved.options, plan.input_shape, plan.num_classes)


@lru_cache(maxsize=64)
def _own_spec(definition: str, shape: tuple[int, int, int]) -> ModelSpec:
    return ModelSpec.own(replace(from_json(definition), input_shape=shape))


def _record(weights: WeightsRef) -> RunRecord:
    return RunStore().find(weights.name) if weights.path is None else read_folder(weights.path)


def _records(owner: str) -> tuple[RunRecord, ...]:
    """Return the user's runs, the newest first."""
    if runs_folder().is_dir():
        with suppress(UserError):
            return RunStore().runs(owner)
    return ()


def _is_at_rest(record: RunRecord) -> bool:
    """Return whether a run has learned something and is not about to change."""
    return record.step > 0 and record.status not in ALIVE


@lru_cache(maxsize=32)
def _statistics(name: str, limit: int | None, data_dir: str | None) -> Scaling:
    return pixel_statistics(dataset(name).load("train", data_dir, limit, download=False).images)
