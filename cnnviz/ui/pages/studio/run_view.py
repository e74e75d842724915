"""The run that is watched: its status, what can be asked of it, and its curves beside those of others."""

from __future__ import annotations

import itertools

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.figures.curves import MEASURES, RunCurves, curves_summary, learning_curves
from cnnviz.runs.environment import describe_machine, machine_name
from cnnviz.runs.history import History
from cnnviz.runs.plateau import describe_plateau
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.text import Text
from cnnviz.text.numbers import percent
from cnnviz.ui.components.figure import draw_chart
from cnnviz.ui.core import url
from cnnviz.ui.core.failure import draw_failure
from cnnviz.ui.core.markdown import error_markdown, escape_markdown
from cnnviz.ui.core.shell import guarded
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import (
    commands,
    history_cache,
    history_hint,
    maps_over_steps,
    minibatch_view,
    page_links,
    setting_widget,
    step_slider,
)
from cnnviz.ui.pages.studio.duration import describe_duration
from cnnviz.ui.pages.studio.guess_line import guess_value
from cnnviz.ui.pages.studio.links import LOG, SHOWN_INSIDE, SMOOTH
from cnnviz.ui.pages.studio.rate_name import ARROW

EVERY = 1.0
"""Seconds between two looks at a run that changes."""
SOON = 0.4
"""The same until its first point is there."""
NUMBER = 120
"""Pixels that a number and its name stand in."""


def find(run_ids: tuple[str, ...]) -> list[RunRecord]:
    """Return the runs as they stand now, without those that are gone."""
    found = []
    for run_id in run_ids:
        try:
            found.append(run_queue.shared_queue().store.find(run_id))
        except UserError as error:
            draw_failure(error)
    return found


def is_changing(records: list[RunRecord]) -> bool:
    """Return whether anything here changes by itself."""
    return run_queue.is_settling() or any(record.status in ALIVE for record in records)


def poll_interval(records: list[RunRecord]) -> float | None:
    """Return the seconds until the next look at the runs; None where nothing changes by itself."""
    if not is_changing(records):
        return None
    begins = any(
        record.status in ("starting", "running") and not len(history_cache.history(record).steps) for record in records
    )
    return SOON if begins else EVERY


def page_state(records: list[RunRecord]) -> tuple[object, ...]:
    """Return the facts of the runs that the rest of the page shows: where they change, the page is drawn anew."""
    return (poll_interval(records), *((record.id, record.status, record.step > 0) for record in records))


def draw(run_ids: tuple[str, ...], stood: tuple[object, ...], t: Text) -> None:
    """Draw the one fragment of the page that looks at the runs again and again; `stood` is what `page_state` gave."""
    run_queue.reload_if_asked()
    run_queue.mark_visited()
    records = find(run_ids)
    if not records:
        return
    history_cache.keep_only(records, "run")
    record, history = records[0], history_cache.history(records[0])
    _draw_status(record, history, t)
    if run_queue.is_owner(record):
        commands.draw(record, t)
        if (wrong := run_queue.last_error(record.id)) is not None:
            draw_failure(setting_widget.with_field_labels(wrong, t))
    else:
        st.caption(t("read_only"))
    _draw_metrics(record, history, t)
    _draw_plateau(history, t)
    charts = st.container()
    steps = step_slider.saved_steps_of(record)
    step = step_slider.select_step(record, steps, t)
    epoch = None if step is None else step / history_cache.steps_per_epoch(record)
    with charts:
        _draw_curves(records, None if step == (steps or (None,))[-1] else epoch, t)
    if record.step and not steps:
        history_hint.draw(t)
    if step is not None and epoch is not None:
        step_slider.draw_status(step, epoch, history, t)
        page_links.draw_page_links(record, None if step == steps[-1] else step, t)
        with guarded():
            _draw_inside(record, step, step == steps[-1], t)
    if page_state(records) != stood:
        st.rerun()


def _draw_status(record: RunRecord, history: History, t: Text) -> None:
    place = run_queue.shared_queue().place(record.id)
    status = record.describe_status(t.language)
    st.markdown(
        t(
            "status.sentence" if record.steps else "status.before",
            name=escape_markdown(record.title),
            status=status,
            epoch=record.epoch,
            epochs=record.plan.config.epochs,
            step=record.step,
            steps=record.steps,
        )
    )
    if place is not None:
        st.caption(t("status.place", place=place))
    if record.reason is not None:
        st.warning(error_markdown(record.reason, t.language))
    if record.node:
        st.caption(escape_markdown(t("status.node", node=record.node)))
    if history.start:
        machine = history.start["machine"]
        st.caption(
            escape_markdown(
                t(
                    "status.machine",
                    machine=describe_machine(machine_name(machine), t.language),
                    precision=machine["precision"],
                )
            )
        )


def _draw_metrics(record: RunRecord, history: History, t: Text) -> None:
    steps = history.steps
    loss = f"{steps['epoch_loss'][-1]:.3f}" if len(steps) else "–"
    tested = "–" if record.test_accuracy is None else percent(record.test_accuracy)
    speed = f"{record.images_per_second:,.0f}" if record.images_per_second else "–"
    left = describe_duration(steps["seconds_left"][-1], t) if len(steps) and record.status == "running" else "–"
    with st.container(horizontal=True):  # two by two on a phone
        for name, value in (("loss", loss), ("tested", tested), ("speed", speed), ("left", left)):
            st.metric(t(f"number.{name}"), value, width=NUMBER)


def _draw_plateau(history: History, t: Text) -> None:
    sentence = history.last_epoch and describe_plateau(history.last_epoch, t.language)
    if sentence:
        st.info(sentence, icon=":material/trending_flat:")


def _draw_curves(records: list[RunRecord], mark: float | None, t: Text) -> None:
    runs = [_run_curves(record) for record in records]
    left, right = st.columns(2)
    with left:
        log = url.toggle(LOG, t("log"), held=True)
    with right:
        smoothing = url.select(
            SMOOTH,
            t("smoothing.label"),
            lambda share: t("smoothing.some", share=share) if share else t("smoothing.none"),
            held=True,
            help=t("smoothing.help"),
        )
    for cell, measure in zip(st.columns(2), MEASURES, strict=True):
        with cell:
            draw_chart(
                learning_curves(
                    runs,
                    measure,
                    t,
                    smoothing,
                    log and measure == "loss",
                    mark,
                    notes=_rate_notes(records[0]),
                    guess=guess_value(records[0].plan, measure),
                ),
                key=measure,
                alt=curves_summary(runs, measure, t),
                t=t,
                caption=" · ".join(record.title for record in records),
            )
    st.caption(t("chart.key"))


def _draw_inside(record: RunRecord, step: int, latest: bool, t: Text) -> None:
    """Draw the run's details after `step`: maps and filters, or a minibatch."""
    view = url.select(
        SHOWN_INSIDE,
        t("inside.label"),
        lambda view: t(f"inside.{view}"),
        style="segments",
        held=True,
        label_visibility="collapsed",
    )
    if view == "maps":
        maps_over_steps.draw(record, step, record.status in ALIVE, t)
    elif view == "minibatch":
        minibatch_view.draw(record, history_cache.looks(record), None if latest else step, t)


def _run_curves(record: RunRecord) -> RunCurves:
    history, length = history_cache.history(record), history_cache.steps_per_epoch(record)
    steps, epochs = history.steps, history.epochs
    return RunCurves(
        record.title,
        [step / length for step in steps["step"]],
        list(steps["loss"]),  # the history may have read on before they are drawn
        list(steps["accuracy"]),
        epochs["epoch"],
        epochs["test_loss"],
        epochs["test_accuracy"],
    )


def _rate_notes(record: RunRecord) -> list[tuple[float, str]]:
    """Return the changes of the learning rate by hand: each where it holds from, in epochs, and in words."""
    by_step = {0: record.plan.config.learning_rate} | dict(history_cache.history(record).changes)
    places = sorted(by_step)
    length = history_cache.steps_per_epoch(record)
    return [
        (step / length, f"η {by_step[before]:g}{ARROW}{by_step[step]:g}") for before, step in itertools.pairwise(places)
    ]
