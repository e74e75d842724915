"""Commands to the shown run: pause, step, restart, or another learning rate."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.text import Text
from cnnviz.ui.inputs import run_queue
from cnnviz.ui.pages.studio import history_cache
from cnnviz.ui.pages.studio.rate_name import ARROW, rates, with_rates

_RATE = "studio.rate"


def draw(record: RunRecord, t: Text) -> None:
    """Draw the buttons, and the field for the learning rate while the run has steps left."""
    alive = record.status in ALIVE
    rests = record.resumable
    buttons = (
        ("resume", "play_arrow", rests),
        ("pause", "pause", alive),
        ("step", "skip_next", rests),
        ("epoch", "fast_forward", rests),
        ("cancel", "stop", alive),
        ("rewind", "first_page", record.status != "waiting" and record.step > 0),
    )
    with st.container(horizontal=True):
        for do, icon, possible in buttons:
            st.button(
                t(f"do.{do}.label"),
                key=f"do.{do}",
                icon=f":material/{icon}:",
                disabled=not possible,
                help=t(f"do.{do}.help"),
                on_click=_send,
                args=(record, do, run_queue.current_ticket()),
            )
        st.button(
            t("do.again.label"),
            key="do.again",
            icon=":material/casino:",
            help=t("do.again.help"),
            on_click=_again,
            args=(record, run_queue.current_ticket()),
        )
    if record.status != "finished":
        rate = _rate(record)
        key = _rate_key(record, rate)
        st.number_input(
            t("rate.label"),
            value=rate,
            key=key,
            step=0.01,
            format="%g",
            help=t("rate.help"),
            width=260,
            on_change=_send_rate,
            args=(record.id, key),
        )


def _send_rate(run_id: str, key: str) -> None:
    """Send the rate that was typed; a widget that only comes or goes asks for nothing."""
    record = run_queue.shared_queue().store.find(run_id)
    value = st.session_state.get(key)
    if value is not None and value != _rate(record) and record.status != "finished":
        changes = [*history_cache.history(record).changes, (record.step, value)]
        run_queue.send_command(run_id, {"do": "learning_rate", "value": value})
        if run_queue.last_error(run_id) is not None:  # the field shows the rate that holds
            st.session_state[_RATE] = "", 0.0, st.session_state[_RATE][2]
        else:
            _name_rates(record, changes)


def _name_rates(record: RunRecord, changes: Sequence[tuple[int, float]]) -> None:
    """Write the learning rates that were in force into the run's name."""
    name = with_rates(record.name, rates(record.plan.config.learning_rate, changes))
    if name != record.name:
        run_queue.rename_run(record.id, name)


def _send(record: RunRecord, do: str, ticket: int) -> None:
    run_queue.send_command(record.id, {"do": do}, ticket)
    if do == "rewind" and run_queue.last_error(record.id) is None and ARROW in record.name:
        _name_rates(record, ())


def _rate_key(record: RunRecord, rate: float) -> str:
    """Return the key of the field for the rate: a new one whenever another rate holds, or the same one still after a
    refusal, and never one of before, of which a browser would tell again what was typed there."""
    run_id, held, turn = st.session_state.get(_RATE, ("", 0.0, 0))
    if (run_id, held) != (record.id, rate):
        turn += 1
    st.session_state[_RATE] = record.id, rate, turn
    return f"rate.{turn}"


def _rate(record: RunRecord) -> float:
    changes = history_cache.history(record).changes
    return float(changes[-1][1] if changes else record.plan.config.learning_rate)


def _again(record: RunRecord, ticket: int) -> None:
    plan = record.plan
    settings = {**plan.config.as_json(), "seed": plan.config.seed + 1, "threads": 0}
    run_queue.start_runs(
        (
            with_rates(record.name, [plan.config.learning_rate]),
            {
                "architecture": plan.architecture,
                "options": dict(plan.options),
                "dataset": plan.dataset,
                "limit": plan.limit,
                "settings": settings,
                **({"definition": plan.definition} if plan.definition else {}),
            },
        ),
        ticket=ticket,
        near=record.id,
    )
