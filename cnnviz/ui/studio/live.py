"""The run that is watched: its status, what can be asked of it, and its curves beside those of others."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import Refusal
from cnnviz.figures.curves import MEASURES, RunCurves, curves_summary, learning_curves
from cnnviz.text import Text
from cnnviz.ui import address
from cnnviz.ui.failure import say_failure
from cnnviz.ui.shell import plain
from cnnviz.ui.studio import listing, queue

if TYPE_CHECKING:
    from cnnviz.runs.history import History
    from cnnviz.runs.record import RunRecord

EVERY = 1.0
"""Seconds between two looks at a run that changes."""
SMOOTHING = (0.0, 0.5, 0.8, 0.9, 0.95)

_HISTORIES = "studio.histories"


def find(run_ids: tuple[str, ...]) -> list[RunRecord]:
    """The runs as they stand now, without those that are gone."""
    found = []
    for run_id in run_ids:
        try:
            found.append(queue.the_queue().store.find(run_id))
        except Refusal as refusal:
            say_failure(refusal)
    return found


def moving(records: list[RunRecord]) -> bool:
    """Whether anything here changes by itself."""
    from cnnviz.runs.record import ALIVE

    return queue.settling() or any(record.status in ALIVE for record in records)


def stands(records: list[RunRecord]) -> tuple[object, ...]:
    """What the rest of the page shows of the runs: where it changes, the page is drawn anew."""
    return (moving(records), *((record.id, record.status, record.step > 0) for record in records))


def watch(run_ids: tuple[str, ...], stood: tuple[object, ...], t: Text) -> None:
    """The body of the one fragment of the page that looks at the runs again and again; `stood` as `stands` gave."""
    queue.reload_if_asked()
    records = find(run_ids)
    if not records:
        return
    record, history = records[0], _history(records[0])
    _say(record, history, t)
    if queue.may_change(record):
        _commands(record, t)
    else:
        st.caption(t("read_only"))
    _numbers(record, history, t)
    _curves(records, t)
    _close_look(record, t)
    if stands(records) != stood:
        st.rerun()


def _say(record: RunRecord, history: History, t: Text) -> None:
    place = queue.the_queue().place(record.id)
    status = record.say_status(t.language)
    st.markdown(t("status.sentence", name=plain(listing.title(record)), status=status, epoch=record.epoch,
                  epochs=record.plan.config.epochs, step=record.step, steps=record.steps))
    if place is not None:
        st.caption(t("status.place", place=place))
    if record.reason is not None:
        st.warning(plain(record.reason.say(t.language)))
    if history.start:
        machine = history.start["machine"]
        st.caption(plain(t("status.machine", **{name: machine[name] for name in
                                                ("device", "name", "precision", "threads")})))


def _commands(record: RunRecord, t: Text) -> None:
    alive = record.status in ("waiting", "starting", "running")
    rests = record.resumable
    buttons = (("resume", "play_arrow", rests), ("pause", "pause", alive), ("step", "skip_next", rests),
               ("epoch", "fast_forward", rests), ("cancel", "stop", alive),
               ("rewind", "first_page", record.status != "waiting" and record.step > 0))
    with st.container(horizontal=True):
        for do, icon, possible in buttons:
            st.button(t(f"do.{do}.label"), key=f"do.{do}", icon=f":material/{icon}:", disabled=not possible,
                      help=t(f"do.{do}.help"), on_click=queue.send, args=(record.id, {"do": do}))
        st.button(t("do.again.label"), key="do.again", icon=":material/casino:", help=t("do.again.help"),
                  on_click=_again, args=(record,))
    if record.status != "finished":
        key = f"rate.{record.id}"
        st.number_input(t("rate.label"), value=_rate(record), key=key, step=0.01, format="%g", help=t("rate.help"),
                        width=260, on_change=lambda: queue.send(record.id, {"do": "learning_rate",
                                                                            "value": st.session_state[key]}))


def _rate(record: RunRecord) -> float:
    changes = _history(record).changes
    return float(changes[-1][1] if changes else record.plan.config.learning_rate)


def _again(record: RunRecord) -> None:
    plan = record.plan
    settings = {**plan.config.as_json(), "seed": plan.config.seed + 1, "threads": 0}
    queue.start((record.name, {"architecture": plan.architecture, "options": dict(plan.options),
                               "dataset": plan.dataset, "limit": plan.limit, "settings": settings}))


def _numbers(record: RunRecord, history: History, t: Text) -> None:
    steps = history.steps
    loss = f"{steps['epoch_loss'][-1]:.3f}" if len(steps) else "–"
    tested = "–" if record.test_accuracy is None else f"{record.test_accuracy:.1%}"
    speed = f"{steps['images_per_second'][-1]:,.0f}" if len(steps) else "–"
    left = f"{ceil(steps['seconds_left'][-1])} s" if len(steps) and record.status == "running" else "–"
    for cell, name, value in zip(st.columns(4), ("loss", "tested", "speed", "left"), (loss, tested, speed, left),
                                 strict=True):
        cell.metric(t(f"number.{name}"), value)


def _curves(records: list[RunRecord], t: Text) -> None:
    runs = [_run_curves(record) for record in records]
    left, right = st.columns(2)
    address.seed("log", False, address.one_of((True, False), _flag))
    address.seed("smooth", 0.0, address.one_of(SMOOTHING))
    log = left.toggle(t("log"), key="log")
    smoothing = right.selectbox(t("smoothing.label"), SMOOTHING, key="smooth", help=t("smoothing.help"),
                                format_func=lambda share: t("smoothing.some", share=share) if share
                                else t("smoothing.none"))
    address.keep("log", log, False, _flag)
    address.keep("smooth", smoothing, 0.0)
    for cell, measure in zip(st.columns(2), MEASURES, strict=True):
        cell.plotly_chart(learning_curves(runs, measure, t, smoothing, log and measure == "loss"), key=measure,
                          alt=curves_summary(runs, measure, t))


def _close_look(record: RunRecord, t: Text) -> None:
    """What the latest watched step did to every layer, once the run rests."""
    from cnnviz.runs.history import details

    if not record.plan.config.watch_every or record.status in ("waiting", "starting", "running"):
        return
    looked = details(record.folder, 1)
    if looked:
        step: dict[str, Any] = looked[-1]
        st.markdown(t("look.sentence", step=step["step"], before=step["loss"], after=step["loss_after"]))
        st.dataframe([{t("look.layer"): layer["name"], t("look.gradient"): layer["gradient_norm"],
                       t("look.ratio"): layer["update_ratio"], t("look.dead"): layer["dead_share"]}
                      for layer in step["layers"]], hide_index=True)


def _history(record: RunRecord) -> History:
    from cnnviz.runs.history import History

    histories = st.session_state.setdefault(_HISTORIES, {})
    history = histories.setdefault(record.id, History())
    history.follow(record.folder)
    return history


def _run_curves(record: RunRecord) -> RunCurves:
    history = _history(record)
    length = (history.start or {}).get("steps_per_epoch") or max(1, record.steps // record.plan.config.epochs)
    steps, epochs = history.steps, history.epochs
    return RunCurves(listing.title(record), [step / length for step in steps["step"]], steps["loss"],
                     steps["accuracy"], epochs["epoch"], epochs["test_loss"], epochs["test_accuracy"])


def _flag(value: bool) -> str:
    return "1" if value else "0"
