"""The runs of an experiment: those that this server trains, and those that make up its answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cnnviz.runs.cpu_count import usable_cores
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.ui.pages.studio import estimate, history_cache
from cnnviz.ui.pages.studio.experiments import ExperimentForm

SEEDS = 3
"""Seeds of every setting, where that is quick and there is room for as many runs; else as many as there can be."""
QUICK = 120.0
"""Seconds of one core that all runs of an experiment may take together to be quick: a minute on two."""


@dataclass(frozen=True, slots=True)
class ExperimentPlan:
    """The runs of one experiment."""

    forms: Mapping[str, ExperimentForm]
    """Its settings by name."""
    seeds: int
    room: int
    """Runs that a user may have under way and waiting."""
    is_quick: bool
    """True where `SEEDS` seeds of every setting are trained within a minute on two cores."""
    seconds: float
    """About how long all runs take here, as many at once as cores and limits allow."""

    def plans(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Return (setting, seed, plan as `RunPlan.parse` takes it) of every run: all settings from one seed, then the
        next, so that there is a fair comparison as early as can be."""
        return [(name, seed, form.plan(seed)) for seed in range(self.seeds) for name, form in self.forms.items()]


def plan_experiment(forms: Mapping[str, ExperimentForm], limits: Limits) -> ExperimentPlan:
    """Return the runs that a server with `limits` trains of an experiment's `forms`."""
    room = min(limits.concurrent + limits.waiting, limits.kept)
    kept = dict(list(forms.items())[:room])
    each = sum(_seconds(_stored_form(form)) for form in kept.values())
    by_time = int(QUICK // each)
    seeds = max(1, min(SEEDS, room // len(kept), by_time))
    at_once = min(usable_cores(), limits.concurrent, seeds * len(kept))
    return ExperimentPlan(kept, seeds, room, by_time >= SEEDS, seeds * each / at_once)


def find_runs(forms: Mapping[str, ExperimentForm], records: Iterable[RunRecord]) -> dict[tuple[str, int], RunRecord]:
    """Return the run of `records` for each (setting, seed), the newest of several that count; a run whose learning rate
    was changed by hand is another training."""
    wanted = {_key(plan_of(form)): name for name, form in forms.items()}
    families = {form.architecture for form in forms.values()}
    chosen: dict[tuple[str, int], RunRecord] = {}
    for record in sorted(records, key=lambda record: -record.created):
        name = wanted.get(_key(record.plan)) if record.plan.architecture in families else None
        if name is None or history_cache.history(record).changes:
            continue
        place = name, record.plan.config.seed
        if place not in chosen or (is_usable(record) and not is_usable(chosen[place])):
            chosen[place] = record
    return chosen


def is_usable(record: RunRecord) -> bool:
    """Return whether a run is on its way to a result, or has come to one: its end, or a loss that is no number."""
    return record.status in ALIVE or has_result(record)


def has_result(record: RunRecord) -> bool:
    """Return whether a run has come to its end, or its loss to no number."""
    return (record.status == "finished" and record.test_accuracy is not None) or diverged(record)


def diverged(record: RunRecord) -> bool:
    """Return whether the loss of a run ended as no number."""
    return record.status == "failed" and record.reason is not None and record.reason.key == "train_not_finite"


def missing_runs(
    planned: Sequence[tuple[str, int, dict[str, Any]]], runs: Mapping[tuple[str, int], RunRecord]
) -> tuple[list[tuple[str, int, dict[str, Any]]], bool]:
    """Return those of the planned runs that are still to be trained, all of them where none is; then also True."""
    missing = [one for one in planned if one[:2] not in runs or not is_usable(runs[one[:2]])]
    return missing or list(planned), not missing


def plans_digest(forms: Mapping[str, ExperimentForm]) -> str:
    """Return a digest of what the runs of an experiment train, the same as long as none of its settings changes."""
    plans = [form.plan() for form in forms.values()]
    return hashlib.blake2b(json.dumps(plans, sort_keys=True).encode(), digest_size=8).hexdigest()


def plan_of(form: ExperimentForm) -> RunPlan:
    """Return the plan of a setting from the first seed."""
    return _plan(_stored_form(form))


def _stored_form(form: ExperimentForm) -> str:
    return json.dumps(form.plan(), sort_keys=True)


@cache
def _plan(written: str) -> RunPlan:
    return RunPlan.parse(json.loads(written))


@cache
def _seconds(written: str) -> float:
    """Return about how long a run takes on one core, by the most similar network that comes with the app."""
    return estimate.seconds_by_shipped(_plan(written).as_json()) or QUICK


def _key(plan: RunPlan) -> str:
    """Return everything that tells two plans apart but their seed."""
    facts = plan.as_json()
    return json.dumps({**facts, "settings": {**facts["settings"], "seed": 0}}, sort_keys=True)
