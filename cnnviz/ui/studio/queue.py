"""The queue of this server, and whose runs the page may touch."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import Refusal
from cnnviz.runs.limits import profile
from cnnviz.runs.place import runs_folder
from cnnviz.ui import address

if TYPE_CHECKING:
    from cnnviz.runs.queue import RunQueue
    from cnnviz.runs.record import RunRecord

VISITOR = ""
"""On one's own machine every run is everybody's."""
SETTLING = 4.0
"""Seconds after a command in which a run may still change its status."""

_UNTIL = "studio.until"
_SAID = "studio.said"
_RELOAD = "studio.reload"


def the_queue() -> RunQueue:
    """The server's one queue.

    Raises:
        Refusal: `run_profile`, `run_setting` or `run_disk`.
    """
    return _open(profile(), str(runs_folder()))


def warm() -> None:
    """Lets the process that trains load its libraries while the reader chooses."""
    the_queue().executor.warm()


def runs() -> tuple[RunRecord, ...]:
    """The runs of this visitor, the newest first; hosted none, as long as a browser has no key of its own."""
    queue = the_queue()
    return () if queue.store.hosted else queue.store.runs(VISITOR)


def may_change(record: RunRecord) -> bool:
    """Whether the run is this visitor's."""
    return the_queue().store.owns(VISITOR, record)


def start(*plans: tuple[str, Mapping[str, Any]], commands: tuple[Mapping[str, Any], ...] = ()) -> None:
    """Starts a run per (name, plan as `Plan.read` takes it), and watches the first beside the others."""

    def work() -> None:
        records = [the_queue().submit(given, VISITOR, name, commands) for name, given in plans]
        address.put("run", records[0].id)
        if len(records) > 1:
            address.put("also", [record.id for record in records[1:]], ",".join)

    _do(work)


def send(run_id: str, command: Mapping[str, Any]) -> None:
    """Passes a command to a run."""
    _do(lambda: the_queue().send(run_id, command, VISITOR))


def rename(run_id: str, name: str) -> None:
    """Gives a run another name."""
    _do(lambda: the_queue().store.rename(run_id, name, VISITOR))


def delete(run_id: str, after: str | None) -> None:
    """Removes a run for good; `after` is watched from then on."""

    def work() -> None:
        the_queue().delete(run_id, VISITOR)
        address.put("run", after)
        address.put("also", [other for other in st.session_state.get("also", []) if other not in (run_id, after)],
                    ",".join)

    _do(work)


def said() -> Exception | None:
    """What went wrong with the last thing the reader asked for."""
    return st.session_state.get(_SAID)


def settling() -> bool:
    """Whether a command was given so recently that its run may still change."""
    return time.time() < st.session_state.get(_UNTIL, 0.0)


def drawn() -> None:
    """The whole page is being drawn: nothing asks for that any more."""
    st.session_state.pop(_RELOAD, None)


def reload_if_asked() -> None:
    """Draws the whole page anew, once, where a command changed what it shows."""
    if st.session_state.pop(_RELOAD, False):
        st.rerun()


def _do(work: Callable[[], None]) -> None:
    st.session_state[_SAID] = None
    try:
        work()
    except Refusal as refusal:
        st.session_state[_SAID] = refusal
    st.session_state[_UNTIL] = time.time() + SETTLING
    st.session_state[_RELOAD] = True


@st.cache_resource(show_spinner=False)
def _open(profile: str, folder: str) -> RunQueue:
    from cnnviz.runs.queue import open_queue

    return open_queue()
