"""The parts of the training page from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.run_record import RunRecord
from cnnviz.text import Text
from cnnviz.ui.core import scroll_to, shell, url, url_state
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import (
    batch_size_hint,
    estimate,
    experiment_answer,
    experiment_runs,
    history_hint,
    recorded_answer,
    run_form,
    run_list,
    run_view,
    setting_widget,
)
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS
from cnnviz.ui.pages.studio.links import EXPERIMENT

UNDO_EVERY = 5.0
"""Seconds between two looks whether a deletion can still be undone."""


def draw_settings(records: Sequence[RunRecord], t: Text) -> dict[str, Any]:
    """Draw the card of what is trained, as chips and drawers; return the plan."""
    with st.container(border=True, key="settings-card", gap="small"):
        plan = run_form.select_plan(t, lambda plan: estimate.describe_estimate(plan, records, t))
        batch_size_hint.draw(plan, t)
        if small := run_form.small_form_query(plan):
            st.button(
                t("small.take"),
                key="small",
                icon=":material/compress:",
                on_click=url_state.follow,
                args=(small,),
                help=t("small.help"),
            )
        history_hint.draw_before_start(plan, t)
    return plan


def draw_start(plan: Mapping[str, Any], records: Sequence[RunRecord], t: Text) -> None:
    """Draw the buttons that start a run of `plan`, and what was wrong with the last one."""
    waits = not run_queue.is_ready()
    named, ticket = (run_form.name_of(plan), plan), run_queue.current_ticket()
    known = estimate.estimate_duration(plan, records)
    with st.container(horizontal=True, key="start", vertical_alignment="center"):
        st.button(
            t("train") if known is None else t("train_about", time=describe_duration(known.seconds, t)),
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=waits,
            on_click=run_queue.start_runs,
            args=(named,),
            kwargs={"ticket": ticket},
        )
        st.button(
            t("one"),
            key="one",
            icon=":material/skip_next:",
            disabled=waits,
            help=t("do.step.help"),
            on_click=run_queue.start_runs,
            args=(named,),
            kwargs={"ticket": ticket, "commands": ({"do": "step"},)},
        )
    if (wrong := run_queue.last_error(run_queue.PLAN)) is not None:
        draw_failure(setting_widget.with_field_labels(wrong, t))
    if run_queue.shared_queue().store.hosted:
        st.caption(t("hosted"))


def draw_watched(run_ids: tuple[str, ...], records: Sequence[RunRecord], has_example: bool, t: Text) -> None:
    """Draw the chosen run and its curves, which follow it by themselves while it trains; nothing more where the
    recorded example, which the page `has_example` of, is chosen."""
    if has_example != (run_ids[0] == run_queue.EXAMPLE):  # the menu was changed, or the run of the link is gone
        st.rerun()
    if not has_example:
        _draw_run(run_ids, records, t)
    if run_queue.deleted_run():
        shell.fragment(run_every=UNDO_EVERY)(run_list.draw_undo)(t)
    if (wrong := run_queue.last_error(run_queue.UNDO)) is not None:
        draw_failure(wrong)


def _draw_run(run_ids: tuple[str, ...], records: Sequence[RunRecord], t: Text) -> None:
    found = run_view.find(run_ids)
    shell.fragment(run_every=run_view.poll_interval(found))(run_view.draw)(run_ids, run_view.page_state(found), t)
    if found:
        after = next((record.id for record in records if record.id != run_ids[0]), None)
        run_list.draw_run_actions(found[0], after, t)


def draw_experiments(records: Sequence[RunRecord], t: Text) -> None:
    """Draw the ready-made experiments; the link of the page holds the chosen one, and its runs are found by what they
    train."""
    name = url.select(
        EXPERIMENT,
        t("experiment.label"),
        lambda name: t(f"experiment.{name}.title"),
        style="pills",
        label_visibility="collapsed",
    )
    with st.container(gap=None):
        scroll_to.anchor(run_queue.EXPERIMENT)
        st.markdown(t(f"experiment.{name}.question"))
    asked = experiment_runs.plan_experiment(EXPERIMENTS[name], run_queue.shared_queue().limits)
    labels = {form: t(f"experiment.{name}.{form}") for form in asked.forms}
    runs = experiment_runs.find_runs(asked.forms, (*records, *_linked(records)))
    st.caption(experiment_answer.describe_plan(asked, t))
    missing, trained_again = experiment_runs.missing_runs(asked.plans(), runs)
    plans = tuple(
        (experiment_answer.run_name(labels[form], seed, asked.seeds, t.language), plan) for form, seed, plan in missing
    )
    st.button(
        t("experiment.start"),
        key="experiment.start",
        icon=":material/science:",
        disabled=not run_queue.is_ready() or (trained_again and experiment_answer.goes_on(runs)),
        on_click=run_queue.start_runs,
        args=plans,
        kwargs={
            "ticket": run_queue.current_ticket(),
            "near": run_queue.EXPERIMENT,
            "beside": sum(seed == missing[0][1] for _, seed, _ in missing),
        },
    )
    if (wrong := run_queue.last_error(run_queue.EXPERIMENT)) is not None:
        draw_failure(wrong)
    experiment_answer.draw(asked, labels, runs, t)
    if not runs:
        recorded_answer.draw(name, {form: t(f"experiment.{name}.{form}") for form in EXPERIMENTS[name]}, t)
    st.caption(t("experiment.link"))


def _linked(records: Sequence[RunRecord]) -> list[RunRecord]:
    """Return the runs of the link that are not the user's own: those of whoever sent it."""
    known = {record.id for record in records}
    asked: list[str | None] = [st.session_state.get("run"), *st.session_state.get("also", ())]
    found = []
    for run_id in asked:
        if run_id not in (None, run_queue.EXAMPLE) and run_id not in known:
            with suppress(UserError):  # gone; the part that watches it says so
                found.append(run_queue.shared_queue().store.find(run_id))
    return found


def draw_run_table(records: Sequence[RunRecord], t: Text) -> None:
    """Draw all runs as a table, and what is wrong with the folders of others; nothing where there is neither."""
    damaged = run_queue.shared_queue().store.damaged()
    if records or damaged:
        st.header(t("table.title"))
    if records:
        st.dataframe(run_list.table(records, t), hide_index=True, placeholder="–")
    for error in damaged:
        draw_failure(error)
