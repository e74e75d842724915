"""A cache of the histories of the shown runs, which reads on from where it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import streamlit as st

from cnnviz.runs.history import DetailReader, History
from cnnviz.runs.run_record import RunRecord

MOST_STEPS = 4000
"""Steps that a session holds of a run's curves, which are drawn in a few hundred points."""
MOST_LOOKS = 12
"""Close looks that a session holds of a run."""

_HISTORIES = "studio.histories"
_LOOKS = "studio.looks"
_SHOWN = "studio.followed"
"""The ids of the runs that each part of the page shows."""

T = TypeVar("T")


def history(record: RunRecord) -> History:
    """Return the curves of a run, as they stand now."""
    found = _kept(_HISTORIES, record.id, lambda: History(MOST_STEPS))
    found.follow(record.folder)
    return found


def looks(record: RunRecord) -> DetailReader:
    """Return the close looks at a run, as they stand now."""
    found = _kept(_LOOKS, record.id, lambda: DetailReader(MOST_LOOKS))
    found.follow(record.folder)
    return found


def steps_per_epoch(record: RunRecord) -> int:
    """Return the minibatches in an epoch of the run."""
    start = history(record).start or {}
    return start.get("steps_per_epoch") or max(1, record.steps // record.plan.config.epochs)


def keep_only(records: Iterable[RunRecord], part: str) -> None:
    """Drop every run that no part of the page shows; `part` shows `records` from now on."""
    by_part: dict[str, set[str]] = st.session_state.setdefault(_SHOWN, {})
    by_part[part] = {record.id for record in records}
    shown = set().union(*by_part.values())
    for where in (_HISTORIES, _LOOKS):
        held = st.session_state.get(where, {})
        for run_id in [run_id for run_id in held if run_id not in shown]:
            del held[run_id]


def _kept(where: str, run_id: str, make: Callable[[], T]) -> T:
    held = st.session_state.setdefault(where, {})
    if run_id not in held:
        held[run_id] = make()
    return held[run_id]
