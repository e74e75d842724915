"""The parts of the training page from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui import shell, sight
from cnnviz.ui.failure import say_failure
from cnnviz.ui.pick import pick_one
from cnnviz.ui.studio import few, given, kept, listing, live, queue, setting
from cnnviz.ui.studio.estimate import estimate
from cnnviz.ui.studio.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from cnnviz.runs.record import RunRecord


def choose(records: Sequence[RunRecord], t: Text) -> None:
    """What to train, how long it will take, and the buttons that begin it."""
    waits = not queue.ready()
    plan = given.pick(t)
    st.caption(estimate(plan, records, t))
    few.say(plan, t)
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
        return
    found = live.find(run_ids)
    shell.fragment(run_every=live.pace(found))(live.watch)(run_ids, live.stands(found), t)
    if found:
        after = next((record.id for record in records if record.id != run_ids[0]), None)
        listing.keep_or_leave(found[0], after, t)


def experiments(t: Text) -> None:
    """The ready-made experiments; the link of the page holds the one that is chosen."""
    names = tuple(EXPERIMENTS)
    name = pick_one(
        "experiment",
        t("experiment.label"),
        names,
        lambda name: t(f"experiment.{name}.title"),
        pills=True,
        label_visibility="collapsed",
    )
    st.markdown(t(f"experiment.{name}.question"))
    plans = tuple((t(f"experiment.{name}.{place}"), form.plan()) for place, form in EXPERIMENTS[name].items())
    st.button(
        t("experiment.start"),
        key="experiment.start",
        icon=":material/science:",
        disabled=not queue.ready(),
        help=", ".join(label for label, _ in plans),
        on_click=queue.start,
        args=plans,
        kwargs={"ticket": queue.ticket(), "near": queue.EXPERIMENT},
    )
    if (wrong := queue.said(queue.EXPERIMENT)) is not None:
        say_failure(wrong)
    st.caption(t("experiment.link"))


def overview(records: Sequence[RunRecord], t: Text) -> None:
    """All runs as a table, and what is wrong with the folders of others; nothing where there is neither."""
    damaged = queue.the_queue().store.damaged()
    if records or damaged:
        st.header(t("table.title"))
    if records:
        st.dataframe(listing.table(records, t), hide_index=True, placeholder="–")
    for refusal in damaged:
        say_failure(refusal)
