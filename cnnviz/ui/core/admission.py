"""Admission of heavy computations: few at a time, within a budget of memory, in a fair order between users.

Ten sessions that ask for the dearest map at once would otherwise each take the memory of one and share two cores.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Condition, local
from time import monotonic

import streamlit as st

from cnnviz.runs.cpu_count import usable_cores
from cnnviz.text import load
from cnnviz.ui.core import browser_key
from cnnviz.ui.core.byte_cache import MEGABYTE
from cnnviz.ui.core.memory_budget import COMPUTATIONS, budget_bytes
from cnnviz.ui.core.script_turns import script_turns
from cnnviz.ui.core.server_log import log_event
from cnnviz.ui.core.server_state import server_state

POLL_TIME = 0.3
"""Seconds between two looks at one's place in line."""
LIGHT_MACS, LIGHT_BYTES = 5 * 10**9, 100 * MEGABYTE
"""Multiply-adds and bytes of a computation of some tenths of a second, which waits for nobody."""


BRIEF_MACS = 10**11
"""Multiply-adds of a computation of some seconds, which does not wait behind those of minutes."""
BRIEF_SHARE = 0.25
"""Of the budget of computations, what brief ones have to themselves."""

_thread = local()
"""Says of a thread that it holds a place at a gate."""


def is_light(macs: int, size: int) -> bool:
    """Return whether a computation of `macs` multiply-adds and `size` bytes at its peak is done in a moment."""
    return macs < LIGHT_MACS and size < LIGHT_BYTES


@dataclass(eq=False, slots=True)
class Ticket:
    """One computation that waits or runs."""

    owner: Hashable
    size: int
    """Bytes at its peak."""
    number: int
    """In order of arrival."""


@dataclass
class AdmissionGate:
    """Admit computations whose sizes together stay below `budget` bytes, at most `places` at once.

    One larger than the budget runs alone. The next one admitted is of the user who runs least, among those of the one
    served longest ago, among those the first to come: who asks ten times does not go before one who asks once. Nobody
    is passed over for a smaller one, so that large ones do not wait for ever.
    """

    budget: int
    places: int
    _waiting: list[Ticket] = field(default_factory=list)
    _running: list[Ticket] = field(default_factory=list)
    _served: dict[Hashable, int] = field(default_factory=dict)
    """By owner, when a computation was admitted last; of owners that wait or run."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _changed: Condition = field(default_factory=Condition)

    @contextmanager
    def admitted(self, owner: Hashable, size: int, in_line: Callable[[int], object]) -> Iterator[None]:
        """Wait for a place, hold it for the body, and give it back however the body ends.

        While it waits `in_line` is called about every `POLL_TIME` seconds with the place in line, 1 for the next one;
        what it raises ends the waiting and leaves the line, as where a session has gone. A part of a computation that
        asks again, in the same thread, has the place of the whole. Ask before taking a lock that others may want.
        """
        if holds_place():
            yield
            return
        with self._changed:
            ticket = Ticket(owner, size, next(self._numbers))
            self._waiting.append(ticket)
        try:
            while (place := self._place(ticket)) > 0:
                in_line(place)
            _thread.admitted = True
            yield
        finally:
            _thread.admitted = False
            with self._changed:
                for line in (self._waiting, self._running):
                    if ticket in line:
                        line.remove(ticket)
                present = {one.owner for one in (*self._waiting, *self._running)}
                self._served = {one: when for one, when in self._served.items() if one in present}
                self._changed.notify_all()

    @property
    def running(self) -> int:
        """The number of computations that run."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """The number of computations that wait."""
        return len(self._waiting)

    def _place(self, ticket: Ticket) -> int:
        """Return 0 once `ticket` runs, else its place in line after a moment of waiting."""
        with self._changed:
            if self._begin(ticket):
                return 0
            self._changed.wait(POLL_TIME)
            return 0 if self._begin(ticket) else 1 + self._line().index(ticket)

    def _begin(self, ticket: Ticket) -> bool:
        taken = sum(one.size for one in self._running)
        fits = not self._running or (len(self._running) < self.places and taken + ticket.size <= self.budget)
        if not fits or self._line()[0] is not ticket:
            return False
        self._waiting.remove(ticket)
        self._running.append(ticket)
        self._served[ticket.owner] = next(self._numbers)
        self._changed.notify_all()
        return True

    def _line(self) -> list[Ticket]:
        """Return who waits in the order of their turns: each user's first, then each user's second, …"""
        runs = {one.owner: 0 for one in self._waiting}
        for one in self._running:
            if one.owner in runs:
                runs[one.owner] += 1
        turns: dict[int, tuple[int, int, int]] = {}
        for one in self._waiting:  # in order of arrival
            turns[one.number] = (runs[one.owner], self._served.get(one.owner, 0), one.number)
            runs[one.owner] += 1
        return sorted(self._waiting, key=lambda one: turns[one.number])


def holds_place() -> bool:
    """Return whether this thread holds a place at a gate."""
    return getattr(_thread, "admitted", False)


@server_state
def heavy_gate() -> AdmissionGate:
    """Return the server's gate: one computation for every two cores, so that pages stay answered meanwhile."""
    return AdmissionGate(int((1 - BRIEF_SHARE) * budget_bytes(COMPUTATIONS)), max(1, usable_cores() // 2))


@server_state
def brief_gate() -> AdmissionGate:
    """Return the server's gate for computations of some seconds: one at a time, beside the others."""
    return AdmissionGate(int(BRIEF_SHARE * budget_bytes(COMPUTATIONS)), 1)


@contextmanager
def heavy_computation(macs: int, size: int, language: str) -> Iterator[None]:
    """Hold a place among the server's heavy computations, for the running script's user.

    A light one waits for nobody. Else the place in line is shown until the turn comes; whatever the user presses
    meanwhile leaves the line.

    Args:
        macs: multiply-adds.
        size: bytes at its peak.
        language: of the sentence that tells the place.
    """
    if is_light(macs, size):
        yield
        return
    shown = st.empty()
    with admitted(macs, size, lambda place: shown.progress(0.0, describe_position(place, language))):
        shown.empty()
        yield


@contextmanager
def admitted(macs: int, size: int, in_line: Callable[[int], object]) -> Iterator[None]:
    """Hold a place at one of the server's gates for the running script's user, as `AdmissionGate.admitted`; log it."""
    asked, gate = monotonic(), brief_gate() if macs <= BRIEF_MACS else heavy_gate()
    with script_turns().released(), gate.admitted(owner(), size, in_line):
        begun = monotonic()
        try:
            yield
        finally:
            log_event("computed", waited=begun - asked, took=monotonic() - begun, megabytes=size / MEGABYTE)


def describe_position(place: int, language: str) -> str:
    """Return the sentence for a user who waits at `place` in line."""
    return load("admission", language)("line", place=place)


def owner() -> str:
    """Return whose computation the running script asks for: the browser, else the session; "" outside a script."""
    context = st.runtime.scriptrunner.get_script_run_ctx(suppress_warning=True)
    return "" if context is None else browser_key.key() or context.session_id
