"""The queue of this server, and whose runs the page may touch."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from threading import Thread
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.runs.limits import profile
from cnnviz.runs.place import runs_folder
from cnnviz.ui.core import browser_key, scroll_to, url_state
from cnnviz.ui.core.server_state import server_state

if TYPE_CHECKING:
    from cnnviz.runs.queue import RunQueue
    from cnnviz.runs.run_record import RunRecord

SETTLING = 4.0
"""Seconds after a command in which a run may still change its status."""

VISIT_EVERY = 300.0
"""Seconds between two marks that a visitor's runs are looked after."""
SWEEP_EVERY = 1800.0
"""Seconds between two looks for runs that nobody has looked after for a day."""

PLAN, EXPERIMENT, UNDO = "plan", "experiment", "undo"
"""The parts of the page in which something can be asked for, beside a run: that is called by its id."""

_TICKET = "studio.ticket"
_VISITED = "studio.visited"
_UNTIL = "studio.until"
_SAID = "studio.said"
_RELOAD = "studio.reload"
_DELETED = "studio.deleted"


def the_queue() -> RunQueue:
    """The server's one queue.

    Raises:
        UserError: `option_choice`, `option_whole` or `run_disk`.
    """
    return _open(profile(), str(runs_folder()))


def prepare() -> None:
    """Let the process that trains load its libraries while the user chooses."""
    the_queue().executor.warm()


def runs() -> tuple[RunRecord, ...]:
    """The runs of this visitor, the newest first; on a shared server none until the browser has told its key."""
    return the_queue().store.runs(browser_key.key())


def ready() -> bool:
    """Whether this visitor can own a run: on a shared server only once the browser has told its key."""
    return not the_queue().store.hosted or bool(browser_key.key())


def look_after() -> None:
    """Marks the visitor's runs as looked after, once in a while."""
    now = time.time()
    if browser_key.key() and now - st.session_state.get(_VISITED, 0.0) > VISIT_EVERY:
        st.session_state[_VISITED] = now
        the_queue().store.visit(browser_key.key())


def may_change(record: RunRecord) -> bool:
    """Whether the run is this visitor's."""
    return the_queue().store.owns(browser_key.key(), record)


def ticket() -> int:
    """What a button is drawn with: a click counts once, also where Streamlit tells of it twice
    because another event came while it was worked on."""
    return st.session_state.setdefault(_TICKET, 0)


def start(
    *plans: tuple[str, Mapping[str, Any]],
    ticket: int,
    commands: tuple[Mapping[str, Any], ...] = (),
    near: str = PLAN,
    beside: int | None = None,
) -> None:
    """Starts a run per (name, plan as `RunPlan.parse` takes it), and watches the first beside the others.

    `beside` is how many of the first ones are watched, all of them by default.

    `ticket` as `ticket()` gave it when the button was drawn; one that was used before starts nothing. `near` is the
    part of the page that says what went wrong.
    """
    if not _counts(ticket):
        return

    def work() -> None:
        begun: list[str] = []
        try:
            for name, given in plans:
                begun.append(the_queue().submit(given, browser_key.key(), name, commands, browser_key.ip_address()).id)
        finally:  # where one was refused, those before it are watched
            if begun:
                scroll_to.request(EXPERIMENT if near == EXPERIMENT else "run")
                url_state.put("run", begun[0])
            if len(begun) > 1:
                url_state.put("also", begun[1:beside], ",".join)

    _do(work, near)


def send(run_id: str, command: Mapping[str, Any], ticket: int | None = None) -> None:
    """Passes a command to a run; `ticket` as in `start`, where a button sends it."""
    if ticket is None or _counts(ticket):
        _do(lambda: the_queue().send(run_id, command, browser_key.key(), browser_key.ip_address()), run_id)


def rename(run_id: str, name: str) -> None:
    """Gives a run another name."""
    _do(lambda: the_queue().store.rename(run_id, name, browser_key.key()), run_id)


def delete(run_id: str, name: str, after: str | None) -> None:
    """Takes a run out of the list; `after` is watched from then on, and `undo` brings it back for a while."""

    def work() -> None:
        the_queue().delete(run_id, browser_key.key())
        st.session_state[_DELETED] = run_id, name, time.time()
        url_state.put("run", after)
        url_state.put(
            "also", [other for other in st.session_state.get("also", []) if other not in (run_id, after)], ",".join
        )

    _do(work, run_id)


def deleted() -> tuple[str, str] | None:
    """The id and the name of the run that was deleted last, while it can be brought back."""
    from cnnviz.runs.store import UNDO_SECONDS

    run_id, name, since = st.session_state.get(_DELETED, ("", "", 0.0))
    return (run_id, name) if time.time() - since < UNDO_SECONDS else None


def undo(run_id: str) -> None:
    """Brings a deleted run back and watches it."""

    def work() -> None:
        st.session_state.pop(_DELETED, None)
        the_queue().bring_back(run_id, browser_key.key())
        url_state.put("run", run_id)

    _do(work, UNDO)


def said(near: str) -> UserError | None:
    """What went wrong with the last thing the reader asked for, where that was asked in this part of the page."""
    where, error = st.session_state.get(_SAID) or ("", None)
    return error if where == near else None


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


def _counts(ticket: int) -> bool:
    """Whether `ticket` was not used before; it is now."""
    if ticket != st.session_state.get(_TICKET):
        return False
    st.session_state[_TICKET] = ticket + 1
    return True


def _do(work: Callable[[], None], near: str) -> None:
    st.session_state[_SAID] = None
    try:
        work()
    except UserError as error:
        st.session_state[_SAID] = near, error
    st.session_state[_UNTIL] = time.time() + SETTLING
    st.session_state[_RELOAD] = True


@server_state
def _open(profile: str, folder: str) -> RunQueue:
    from cnnviz.runs.queue import open_queue

    queue = open_queue()
    if queue.store.hosted:
        Thread(target=_sweep, args=(queue,), name="sweep", daemon=True).start()
    return queue


def _sweep(queue: RunQueue) -> None:
    """Remove the runs whose owner was not here for a day, again and again."""
    while True:
        with contextlib.suppress(UserError):
            queue.sweep()
        time.sleep(SWEEP_EVERY)
