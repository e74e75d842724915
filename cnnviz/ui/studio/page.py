"""The parts of the training page from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.errors import Refusal
from cnnviz.text import Text
from cnnviz.ui import address, shell, sight
from cnnviz.ui.failure import say_failure
from cnnviz.ui.pick import pick_one
from cnnviz.ui.studio import answer, few, given, kept, listing, live, queue, setting, trials
from cnnviz.ui.studio.estimate import estimate
from cnnviz.ui.studio.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from cnnviz.runs.record import RunRecord


UNDO_EVERY = 5.0
"""Seconds between two looks whether a deletion can still be undone."""


def choose(records: Sequence[RunRecord], t: Text) -> None:
    """What to train, how long it will take, and the buttons that begin it."""
    waits = not queue.ready()
    plan = given.pick(t)
    st.caption(estimate(plan, records, t))
    few.say(plan, t)
    if small := given.small_form(plan):
        st.button(
            t("small.take"),
            key="small",
            icon=":material/compress:",
            on_click=address.follow,
            args=(small,),
            help=t("small.help"),
        )
    kept.say_before(plan, t)
    if queue.the_queue().store.hosted:
        st.caption(t("hosted"))
    named, ticket = (given.name_of(plan), plan), queue.ticket()
    with st.container(horizontal=True):
        st.button(
            t("train"),
            key="train",
            type="primary",
            icon=":material/play_arrow:",
            disabled=waits,
            on_click=queue.start,
            args=(named,),
            kwargs={"ticket": ticket},
        )
        st.button(
            t("one"),
            key="one",
            icon=":material/skip_next:",
            disabled=waits,
            help=t("do.step.help"),
            on_click=queue.start,
            args=(named,),
            kwargs={"ticket": ticket, "commands": ({"do": "step"},)},
        )
    if (wrong := queue.said(queue.PLAN)) is not None:
        say_failure(setting.named(wrong, t))


def watch(records: Sequence[RunRecord], t: Text) -> None:
    """The chosen run and its curves, which follow it by themselves while it trains."""
    with st.container(gap=None):
        sight.bring("run")
        run_ids = listing.pick(records, t)
    if not run_ids:
        st.info(t("no_runs"))
        _undo(t)
        return
    found = live.find(run_ids)
    shell.fragment(run_every=live.pace(found))(live.watch)(run_ids, live.stands(found), t)
    if found:
        after = next((record.id for record in records if record.id != run_ids[0]), None)
        listing.keep_or_leave(found[0], after, t)
    _undo(t)


def _undo(t: Text) -> None:
    """The way back from the last deletion, where it was asked for."""
    if queue.deleted():
        shell.fragment(run_every=UNDO_EVERY)(listing.offer_undo)(t)
    if (wrong := queue.said(queue.UNDO)) is not None:
        say_failure(wrong)


def experiments(records: Sequence[RunRecord], t: Text) -> None:
    """The ready-made experiments; the link of the page holds the one that is chosen, and its runs are found by what
    they train."""
    names = tuple(EXPERIMENTS)
    name = pick_one(
        "experiment",
        t("experiment.label"),
        names,
        lambda name: t(f"experiment.{name}.title"),
        pills=True,
        label_visibility="collapsed",
    )
    with st.container(gap=None):
        sight.bring(queue.EXPERIMENT)
        st.markdown(t(f"experiment.{name}.question"))
    asked = trials.trials(EXPERIMENTS[name], queue.the_queue().limits)
    labels = {form: t(f"experiment.{name}.{form}") for form in asked.forms}
    runs = trials.found(asked.forms, (*records, *_linked(records)))
    st.caption(answer.say_plan(asked, t))
    missing, trained_again = trials.lacking(asked.plans(), runs)
    plans = tuple((answer.run_name(labels[form], seed, asked.seeds, t.language), plan) for form, seed, plan in missing)
    st.button(
        t("experiment.start"),
        key="experiment.start",
        icon=":material/science:",
        disabled=not queue.ready() or (trained_again and answer.goes_on(runs)),
        on_click=queue.start,
        args=plans,
        kwargs={
            "ticket": queue.ticket(),
            "near": queue.EXPERIMENT,
            "beside": sum(seed == missing[0][1] for _, seed, _ in missing),
        },
    )
    if (wrong := queue.said(queue.EXPERIMENT)) is not None:
        say_failure(wrong)
    answer.draw(asked, labels, runs, t)
    st.caption(t("experiment.link"))


def _linked(records: Sequence[RunRecord]) -> list[RunRecord]:
    """The runs of the link that are not the reader's own: those of whoever sent it."""
    known = {record.id for record in records}
    asked = [st.session_state.get("run"), *st.session_state.get("also", ())]
    found = []
    for run_id in asked:
        if run_id and run_id not in known:
            with suppress(Refusal):  # gone; the part that watches it says so
                found.append(queue.the_queue().store.find(run_id))
    return found


def overview(records: Sequence[RunRecord], t: Text) -> None:
    """All runs as a table, and what is wrong with the folders of others; nothing where there is neither."""
    damaged = queue.the_queue().store.damaged()
    if records or damaged:
        st.header(t("table.title"))
    if records:
        st.dataframe(listing.table(records, t), hide_index=True, placeholder="–")
    for refusal in damaged:
        say_failure(refusal)
