"""The run queue of this server, and the commands of its user."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.paths import runs_folder
from cnnviz.runs.limits import profile
from cnnviz.ui.core import browser_key, metrics, scroll_to, url
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.core.url import Entries, Name, Param

if TYPE_CHECKING:
    from cnnviz.runs.cluster.cluster_queue import ClusterQueue
    from cnnviz.runs.queue import RunQueue
    from cnnviz.runs.run_record import RunRecord

SETTLING_SECONDS = 4.0
"""Seconds after a command in which a run may still change its status."""

VISIT_SECONDS = 300.0
"""Seconds between two marks that a user's runs are visited."""
SWEEP_SECONDS = 1800.0
"""Seconds between two sweeps of runs that were not visited for a day."""

PLAN, EXPERIMENT, UNDO = "plan", "experiment", "undo"
"""The parts of the page in which something can be asked for, beside a run: that is called by its id."""

_RUN_ID = r"[0-9a-f]{24}"
EXAMPLE = "example"
"""The studio's recorded experiment in place of a run."""
RUN: Param[str | None] = Param("run", Name("a run, or `example`", f"{_RUN_ID}|{EXAMPLE}"), None)
"""The run that is watched."""
ALSO: Param[list[str]] = Param("also", Entries("runs", 1000, pattern=_RUN_ID), [])
"""The runs that are drawn beside it."""

_TICKET = "studio.ticket"
_VISITED = "studio.visited"
_UNTIL = "studio.until"
_ERROR = "studio.said"
_RELOAD = "studio.reload"
_DELETED = "studio.deleted"


def shared_queue() -> RunQueue | ClusterQueue:
    """Return the server's one queue.

    Raises:
        UserError: `option_choice`, `option_whole` or `run_disk`.
    """
    return _open_shared_queue(profile(), str(runs_folder()))


def prepare() -> None:
    """Start loading the libraries of the process that trains, while the user chooses."""
    shared_queue().warm()


def users_runs() -> tuple[RunRecord, ...]:
    """Return the user's runs, the newest first; on a shared server none until the browser has sent its key."""
    return shared_queue().store.runs(browser_key.key())


def is_ready() -> bool:
    """Return whether the user can own a run: on a shared server only once the browser has sent its key."""
    return not shared_queue().store.hosted or bool(browser_key.key())


def mark_visited() -> None:
    """Mark the user's runs as visited, at most once per `VISIT_SECONDS`."""
    now = time.time()
    if browser_key.key() and now - st.session_state.get(_VISITED, 0.0) > VISIT_SECONDS:
        st.session_state[_VISITED] = now
        shared_queue().store.visit(browser_key.key())


def is_owner(record: RunRecord) -> bool:
    """Return whether the run is the user's."""
    return shared_queue().store.owns(browser_key.key(), record)


def current_ticket() -> int:
    """Return the ticket that a button is drawn with; a ticket counts once.

    Streamlit reports a click twice where another event comes while the first is handled.
    """
    return st.session_state.setdefault(_TICKET, 0)


def start_runs(
    *plans: tuple[str, Mapping[str, Any]],
    ticket: int,
    commands: tuple[Mapping[str, Any], ...] = (),
    near: str = PLAN,
    beside: int | None = None,
) -> None:
    """Start a run for each (name, plan as `RunPlan.parse` takes it), and watch the first beside the others.

    `beside` is how many of the first ones are watched, all of them by default.

    `ticket` as `ticket()` gave it when the button was drawn; one that was used before starts nothing. `near` is the
    part of the page that says what went wrong.
    """
    if not _use_ticket(ticket):
        return

    def work() -> None:
        begun: list[str] = []
        try:
            for name, given in plans:
                begun.append(
                    shared_queue().submit(given, browser_key.key(), name, commands, browser_key.ip_address()).id
                )
        finally:  # where one was refused, those before it are watched
            if begun:
                scroll_to.request(EXPERIMENT if near == EXPERIMENT else "run")
                url.put(RUN, begun[0])
            if len(begun) > 1:
                url.put(ALSO, begun[1:beside])

    _execute(work, near)


def send_command(run_id: str, command: Mapping[str, Any], ticket: int | None = None) -> None:
    """Send a command to a run; `ticket` as in `start`, where a button sends it."""
    if ticket is None or _use_ticket(ticket):
        _execute(lambda: shared_queue().send(run_id, command, browser_key.key(), browser_key.ip_address()), run_id)


def rename_run(run_id: str, name: str) -> None:
    """Rename a run."""
    _execute(lambda: shared_queue().store.rename(run_id, name, browser_key.key()), run_id)


def delete_run(run_id: str, name: str, after: str | None) -> None:
    """Delete a run; `after` is watched from then on, and `undo` brings it back for a while."""

    def work() -> None:
        shared_queue().delete(run_id, browser_key.key())
        st.session_state[_DELETED] = run_id, name, time.time()
        url.put(RUN, after)
        url.put(ALSO, [other for other in st.session_state.get(ALSO.name, []) if other not in (run_id, after)])

    _execute(work, run_id)


def deleted_run() -> tuple[str, str] | None:
    """Return the id and the name of the run deleted last, while it can be brought back; else None."""
    from cnnviz.runs.store import UNDO_SECONDS

    run_id, name, since = st.session_state.get(_DELETED, ("", "", 0.0))
    return (run_id, name) if time.time() - since < UNDO_SECONDS else None


def restore_run(run_id: str) -> None:
    """Bring a deleted run back and watch it."""

    def work() -> None:
        st.session_state.pop(_DELETED, None)
        shared_queue().bring_back(run_id, browser_key.key())
        url.put(RUN, run_id)

    _execute(work, UNDO)


def last_error(near: str) -> UserError | None:
    """Return the error of the user's last command, where it was given in this part of the page."""
    where, error = st.session_state.get(_ERROR) or ("", None)
    return error if where == near else None


def is_settling() -> bool:
    """Return whether a command is so recent that its run may still change."""
    return time.time() < st.session_state.get(_UNTIL, 0.0)


def drop_reload() -> None:
    """Drop the request to draw the whole page: it is being drawn."""
    st.session_state.pop(_RELOAD, None)


def reload_if_asked() -> None:
    """Draw the whole page anew, once, where a command changed what it shows."""
    if st.session_state.pop(_RELOAD, False):
        st.rerun()


def _use_ticket(ticket: int) -> bool:
    """Use a ticket; return whether it had not been used before."""
    if ticket != st.session_state.get(_TICKET):
        return False
    st.session_state[_TICKET] = ticket + 1
    return True


def _execute(work: Callable[[], None], near: str) -> None:
    st.session_state[_ERROR] = None
    try:
        work()
    except UserError as error:
        st.session_state[_ERROR] = near, error
    st.session_state[_UNTIL] = time.time() + SETTLING_SECONDS
    st.session_state[_RELOAD] = True


@server_state
def _open_shared_queue(profile: str, folder: str) -> RunQueue | ClusterQueue:
    from cnnviz.runs.queue import open_queue

    queue = open_queue()
    metrics.add_gauge("runs_training", "Runs that train.", lambda: queue.num_running)
    metrics.add_gauge("runs_waiting", "Runs that wait in the queue.", lambda: queue.num_waiting)
    if queue.store.hosted:
        Thread(target=_sweep, args=(queue,), name="sweep", daemon=True).start()
    return queue


def _sweep(queue: RunQueue | ClusterQueue) -> None:
    """Remove the runs that were not visited for a day, again and again."""
    while True:
        with contextlib.suppress(UserError):
            queue.sweep()
        time.sleep(SWEEP_SECONDS)
