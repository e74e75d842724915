"""The runs of an experiment: as many seeds as fit, equal threads, and found again by what they train."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cnnviz.checkpoints import checkpoint
from cnnviz.errors import UserError
from cnnviz.runs.folder import write_state
from cnnviz.runs.limits import Limits, limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import RunRecord
from cnnviz.runs.store import RunStore
from cnnviz.ui.pages.studio.experiment_runs import SEEDS, find_runs, missing_runs, plan_experiment
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS, ExperimentForm

FORMS = EXPERIMENTS["pooling"]


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> Limits:
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    return limits()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    return RunStore(tmp_path)


def _ended(
    store: RunStore, form: ExperimentForm, seed: int = 0, status: str = "finished", **facts: object
) -> RunRecord:
    record = store.create(RunPlan.parse(form.plan(seed)))
    write_state(record.folder, status, **{"test_accuracy": 0.9, **facts})
    return store.find(record.id)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_run_of_an_experiment_has_one_thread_and_every_setting_the_same_seeds(name: str, allowed: Limits) -> None:
    plans = plan_experiment(EXPERIMENTS[name], allowed).plans()
    assert {plan["settings"]["threads"] for _, _, plan in plans} == {1}
    seeds = {form: [seed for each, seed, _ in plans if each == form] for form in EXPERIMENTS[name]}
    assert len({tuple(each) for each in seeds.values()}) == 1
    assert all(plan["settings"]["seed"] == seed for _, seed, plan in plans)
    assert len(plans) <= allowed.concurrent + allowed.waiting


def test_quick_settings_have_three_seeds_one_seed_after_the_other(allowed: Limits) -> None:
    asked = plan_experiment(FORMS, allowed)
    assert (asked.seeds, asked.is_quick) == (SEEDS, True)
    assert [(form, seed) for form, seed, _ in asked.plans()][:3] == [("avg", 0), ("max", 0), ("avg", 1)]


def test_the_time_of_all_runs_is_that_of_each_by_as_many_as_train_at_once(
    allowed: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnnviz.ui.pages.studio.experiment_runs.usable_cores", lambda: 8)
    card = checkpoint("lenet-digits")
    # ten epochs of 1,198 images and of 599 in a test, a third of whose cost a training has
    each = 10 * (1198 + 599 / 3) / card.images_per_second
    assert plan_experiment(FORMS, allowed).seconds == pytest.approx(6 * each / 2)  # two at once
    monkeypatch.setattr("cnnviz.ui.pages.studio.experiment_runs.usable_cores", lambda: 1)
    assert plan_experiment(FORMS, allowed).seconds == pytest.approx(6 * each)


def test_settings_that_take_long_have_fewer_seeds(allowed: Limits) -> None:
    long = {name: replace(form, settings={"epochs": 400}) for name, form in FORMS.items()}
    assert (plan_experiment(long, allowed).seeds, plan_experiment(long, allowed).is_quick) == (1, False)


def test_a_server_without_room_has_fewer_seeds_or_the_first_settings_alone(allowed: Limits) -> None:
    small = replace(allowed, concurrent=1, waiting=3)
    assert plan_experiment(FORMS, small).seeds == 2
    many = plan_experiment(EXPERIMENTS["batch-norm"], small)
    assert list(many.forms) == ["without", "without-fast", "with", "with-fast"]
    assert many.seeds == 1


def test_a_run_is_found_by_what_it_trains(store: RunStore) -> None:
    first = _ended(store, FORMS["avg"])
    second = _ended(store, FORMS["max"], seed=2)
    _ended(store, EXPERIMENTS["kernel"]["three"])
    other = FORMS["avg"].plan()
    other["settings"]["threads"] = 2
    _ended(store, replace(FORMS["avg"], limit=100))
    store.create(RunPlan.parse(other))
    assert {place: run.id for place, run in find_runs(FORMS, store.runs()).items()} == {
        ("avg", 0): first.id,
        ("max", 2): second.id,
    }


def test_of_several_runs_the_newest_with_a_result_counts(store: RunStore) -> None:
    old, new = _ended(store, FORMS["avg"]), _ended(store, FORMS["avg"])
    _ended(store, FORMS["avg"], status="cancelled")
    assert find_runs(FORMS, store.runs())["avg", 0].id == new.id
    store.delete(new.id)
    assert find_runs(FORMS, store.runs())["avg", 0].id == old.id


def test_a_run_whose_learning_rate_was_changed_by_hand_is_another_training(store: RunStore) -> None:
    changed = _ended(store, FORMS["avg"])
    line = {"event": "learning_rate", "step": 1, "learning_rate": 0.5}
    (changed.folder / "metrics.jsonl").write_text(json.dumps(line) + "\n")
    assert find_runs(FORMS, store.runs()) == {}


def test_what_has_no_result_is_trained_again_and_nothing_else(store: RunStore, allowed: Limits) -> None:
    plans = plan_experiment(FORMS, allowed).plans()
    _ended(store, FORMS["avg"])
    _ended(store, FORMS["max"], status="cancelled")
    diverged = _ended(store, FORMS["max"], seed=1, status="failed")
    write_state(diverged.folder, "failed", UserError("train_not_finite", step=1, epoch=1, rate=1, smaller=0.1))
    missing, again = missing_runs(plans, find_runs(FORMS, store.runs()))
    assert [(form, seed) for form, seed, _ in missing] == [("max", 0), ("avg", 1), ("avg", 2), ("max", 2)]
    assert not again
    for form, seed, _ in missing:
        _ended(store, FORMS[form], seed)
    assert missing_runs(plans, find_runs(FORMS, store.runs())) == (plans, True)
