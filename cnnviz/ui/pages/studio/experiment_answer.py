"""The answer of an experiment's runs: a sentence, their curves on one chart, and the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isfinite, log
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from cnnviz.data import dataset
from cnnviz.errors import UserError
from cnnviz.figures.curves import MEASURES, RunCurves, curves_summary, learning_curves
from cnnviz.runs.run_record import ALIVE
from cnnviz.text import Text, load
from cnnviz.text.numbers import percent, percentage_points
from cnnviz.train.ranking import RankedSetting, Ranking, rank
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.core import asking, shell
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import experiment_runs, history_cache, verdict_words
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.experiment_runs import ExperimentPlan
from cnnviz.ui.pages.studio.experiments import ExperimentForm
from cnnviz.ui.pages.studio.guess_line import guess_value

if TYPE_CHECKING:
    import pandas as pd

    from cnnviz.runs.run_record import RunRecord

    Runs = Mapping[tuple[str, int], RunRecord]
    """By setting and seed."""

EVERY = 2.0
"""Seconds between two looks at runs that train."""
PART = "experiment"
"""The part of the page that this is."""


def describe_plan(asked: ExperimentPlan, page: Text) -> str:
    """Return the number of runs, why they are fair, why there are not more, and about how long they take."""
    t = load("verdict", page.language)
    key = "plan.several" if asked.seeds > 1 else "plan.one"
    said = [t(key, runs=asked.seeds * len(asked.forms), settings=len(asked.forms), seeds=asked.seeds)]
    if not asked.is_quick:
        said.append(t("plan.slow"))
    elif asked.seeds < experiment_runs.SEEDS:
        said.append(t("plan.room", room=asked.room, seeds=experiment_runs.SEEDS))
    return t.row([*said, t("plan.time", time=describe_duration(asked.seconds, page))])


def run_name(setting: str, seed: int, seeds: int, language: str) -> str:
    """Return the name of a run: its setting, and its seed where there are several."""
    return setting if seeds == 1 else load("verdict", language)("run", setting=setting, seed=seed)


def draw(asked: ExperimentPlan, labels: Mapping[str, str], runs: Runs, t: Text) -> None:
    """Draw the answer so far, which follows its runs by itself; nothing where none was started. `t` holds the words of
    the page."""
    history_cache.keep_only(runs.values(), PART)
    if runs:
        moving = goes_on(runs)
        shell.fragment(run_every=EVERY if moving else None)(_follow)(asked, labels, runs, moving, t)


def common_seeds(asked: ExperimentPlan, runs: Runs) -> list[int]:
    """Return the seeds from which every setting has a result, so that they are compared from the same ones."""
    seeds = [
        {seed for name, seed in runs if name == form and experiment_runs.has_result(runs[name, seed])}
        for form in asked.forms
    ]
    return sorted(set.intersection(*seeds))


def setting_of(label: str, records: Sequence[RunRecord]) -> RankedSetting:
    """Return the results of one setting in its runs, one from each seed."""
    plan = records[0].plan
    there = dataset(plan.dataset).num_test
    accuracies = tuple(None if experiment_runs.diverged(record) else record.test_accuracy for record in records)
    return RankedSetting(label, accuracies, min(plan.limit or there, there), plan.num_classes)


def answer(forms: Mapping[str, ExperimentForm], settings: Sequence[RankedSetting], ranking: Ranking, t: Text) -> str:
    """Return the sentences that answer the question of the settings `forms`; `t` holds the words of `verdict`."""
    groups: dict[str, list[tuple[float, RankedSetting]]] = {}
    for form, setting in zip(forms.values(), settings, strict=True):
        if form.group:
            groups.setdefault(form.group, []).append((experiment_runs.plan_of(form).config.learning_rate, setting))
    if groups:
        return t.row([verdict_words.describe_largest(groups, t), *verdict_words.describe_order(ranking, t)])
    return verdict_words.describe_ranking(ranking, t)


def table(
    settings: list[RankedSetting], ranking: Ranking, runs_of: Mapping[str, list[RunRecord]], t: Text
) -> pd.DataFrame:
    """Return a row per setting with the numbers behind the sentence; `runs_of` by the setting's name."""
    gaps = {gap.setting.name: gap for gap in ranking.behind}
    rows = []
    for one in settings:
        gap, records = gaps.get(one.name), runs_of[one.name]
        told, spread, error = ("–",) * 3 if gap is None else percentage_points(gap.gap, gap.spread, gap.error)
        trained = [history_cache.history(record).epochs["train_accuracy"] for record in records]
        last = [column[-1] for column in trained if len(column)]
        speeds = [record.images_per_second for record in records if record.images_per_second]
        rows.append(
            {
                t("table.setting"): one.name,
                t("table.mean"): "–" if one.mean is None else percent(one.mean),
                t("table.each"): t.listed("–" if each is None else percent(each) for each in one.accuracies),
                t("table.gap"): told,
                t("table.spread"): spread if len(one.accuracies) > 1 else "–",
                t("table.error"): "–" if gap is None else f"±{error}",
                t("table.first"): _first_epochs(one, records),
                t("table.train"): percent(sum(last) / len(last)) if last else "–",
                t("table.speed"): f"{sum(speeds) / len(speeds):,.0f}" if speeds else "–",
            }
        )
    return pd.DataFrame(rows)


def _first_epochs(setting: RankedSetting, records: Sequence[RunRecord]) -> str:
    """Return after how many epochs the test accuracy was first above guessing: of the quickest run to the slowest."""
    found = []
    for record in records:
        epochs = history_cache.history(record).epochs
        pairs = zip(epochs["epoch"], epochs["test_accuracy"], strict=True)
        found.append(next((f"{epoch:.0f}" for epoch, share in pairs if share > setting.highest_guess), "–"))
    ends = dict.fromkeys((min(found, key=_place), max(found, key=_place)))
    return " … ".join(ends)


def _place(epoch: str) -> float:
    return inf if epoch == "–" else float(epoch)


def _follow(asked: ExperimentPlan, labels: Mapping[str, str], runs: Runs, went_on: bool, t: Text) -> None:
    runs = _current_runs(runs)
    if not runs:
        return
    words = load("verdict", t.language)
    seeds = common_seeds(asked, runs)
    compared = {form: [runs[form, seed] for seed in seeds] for form in asked.forms} if seeds else {}
    settings = [setting_of(labels[form], records) for form, records in compared.items()]
    ranking = rank(settings)
    _draw_answer(asked, settings, ranking, runs, words)
    _curves(asked, labels, runs, t, words)
    if settings:
        shown = table(settings, ranking, {labels[form]: records for form, records in compared.items()}, words)
        st.dataframe(shown, hide_index=True)
        st.caption(verdict_words.describe_rule(settings, words))
    if goes_on(runs) != went_on:
        st.rerun()


def _draw_answer(asked: ExperimentPlan, settings: list[RankedSetting], ranking: Ranking, runs: Runs, t: Text) -> None:
    count = asked.seeds * len(asked.forms)
    planned = [runs.get((form, seed)) for form, seed, _ in asked.plans()]
    done = sum(record is not None and experiment_runs.has_result(record) for record in planned)
    said = answer(asked.forms, settings, ranking, t) if settings else ""
    if said and not asking.reveal("experiment", (*asked.forms, done)):
        return
    if done == count or (settings and not goes_on(runs)):
        st.info(said, icon=":material/lightbulb:")
    elif goes_on(runs):
        so_far = [t("so_far"), said] if said else []
        st.info(t.row([t("going", done=done, count=count), *so_far]), icon=":material/hourglass_top:")
    else:
        st.info(t("lacking", done=done, count=count), icon=":material/pause:")


def _curves(asked: ExperimentPlan, labels: Mapping[str, str], runs: Runs, t: Text, words: Text) -> None:
    curves = [
        _by_epoch(runs[form, seed], labels[form], run_name(labels[form], seed, asked.seeds, t.language))
        for form in asked.forms
        for seed in sorted(seed for name, seed in runs if name == form)
    ]
    plan = next(iter(runs.values())).plan
    top = loss_top(curves, plan.num_classes)
    for cell, measure in zip(st.columns(2), MEASURES, strict=True):
        with cell:
            draw_chart(
                learning_curves(
                    curves, measure, t, top=top if measure == "loss" else None, guess=guess_value(plan, measure)
                ),
                key=f"experiment.{measure}",
                alt=curves_summary(curves, measure, t),
                t=t,
                caption=t.listed(labels.values()),
            )
    st.caption(words.row([words("key"), *([] if top is None else [words("top", top=f"{top:.3g}")])]))


def _by_epoch(record: RunRecord, setting: str, name: str) -> RunCurves:
    epochs = history_cache.history(record).epochs
    return RunCurves(
        name,
        epochs["epoch"],
        epochs["train_loss"],
        epochs["train_accuracy"],
        epochs["epoch"],
        epochs["test_loss"],
        epochs["test_accuracy"],
        setting,
    )


def _current_runs(runs: Runs) -> dict[tuple[str, int], RunRecord]:
    """Return the runs as they stand now, without those that are gone."""
    found = {}
    for place, record in runs.items():
        try:
            found[place] = run_queue.shared_queue().store.find(record.id)
        except UserError:  # deleted meanwhile
            continue
    return found


def loss_top(curves: Sequence[RunCurves], num_classes: int) -> float | None:
    """Return the end of the axis of the loss, twice the loss of guessing, where a run is so far above that no other is
    told apart; None where all fit."""
    losses = [loss for run in curves for loss in (*run.train_loss, *run.test_loss)]
    top = 2 * log(num_classes)
    return top if max((loss for loss in losses if isfinite(loss)), default=0.0) > 2 * top else None


def goes_on(runs: Runs) -> bool:
    """Return whether one of the runs is still to come to a result by itself."""
    return any(record.status in ALIVE for record in runs.values())
