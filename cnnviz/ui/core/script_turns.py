"""Turns of the scripts that draw pages: one at a time, short ones first.

Python runs one thread at a time. Where a class presses at once and every script gets a slice in turn, all of them end
late, and the short one that shows the next layer as late as that of a whole page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from threading import Condition, Lock, local
from time import monotonic

from cnnviz.ui.core.server_state import server_state

PAGE_HANDICAP = 20.0
"""Seconds: the script of a whole page stands in line as if it had come so much later, so that it does come to its turn.

Longer than a crowded server makes a page wait: with sixty sessions on two cores that was 7 s, and with a handicap of 5
the next layer took 1.8 s at the median in place of 0.4.
"""
MOST = 0.5
"""Seconds after which a script that has not ended makes room for the next: it may wait for a disk or a download."""
FIRST = 0.0
"""The arrival of a script that has begun before and goes on."""


@dataclass(eq=False, slots=True)
class Turn:
    """The turn of one script, while it waits or runs."""

    came: float
    """When it counts as having come."""
    called: Condition
    """Told when it is the next one."""
    until: float = inf
    """When it makes room for the next."""


class ScriptTurns:
    """Let one script draw at a time, in the order of arrival but for those of whole pages."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: list[Turn] = []
        self._running: list[Turn] = []
        self._of_thread = local()

    @contextmanager
    def turn(self, brief: bool = False) -> Iterator[None]:
        """Wait for a turn and hold it for the body; a `brief` one goes before those of whole pages.

        A part of a script that asks again, in the same thread, has the turn of the whole.
        """
        if self._held is not None:
            yield
            return
        self._begin(monotonic() + (0.0 if brief else PAGE_HANDICAP))
        try:
            yield
        finally:
            self._end()

    @contextmanager
    def released(self) -> Iterator[None]:
        """Let others draw during the body, which waits or computes; after it the script is the next one."""
        if self._held is None:
            yield
            return
        self._end()
        try:
            yield
        finally:
            self._begin(FIRST)

    @property
    def waiting(self) -> int:
        """The number of scripts that wait."""
        return len(self._waiting)

    @property
    def _held(self) -> Turn | None:
        """The turn of this thread's script."""
        held: Turn | None = getattr(self._of_thread, "turn", None)
        return held

    def _begin(self, came: float) -> None:
        with self._lock:
            turn = Turn(came, Condition(self._lock))
            self._waiting.append(turn)
            while not self._may_begin(turn):
                turn.called.wait(self._seconds_left() if self._next is turn else None)
            self._waiting.remove(turn)
            self._running.append(turn)
            turn.until = monotonic() + MOST
            self._call_next()
        self._of_thread.turn = turn

    def _end(self) -> None:
        turn, self._of_thread.turn = self._held, None
        with self._lock:
            if turn in self._running:
                self._running.remove(turn)
            self._call_next()

    def _may_begin(self, turn: Turn) -> bool:
        return self._next is turn and self._seconds_left() <= 0

    def _seconds_left(self) -> float:
        """Return how long the script that draws now may still keep the others waiting."""
        return max((turn.until for turn in self._running), default=0.0) - monotonic()

    @property
    def _next(self) -> Turn | None:
        return min(self._waiting, key=lambda turn: turn.came, default=None)

    def _call_next(self) -> None:
        if self._next is not None:
            self._next.called.notify()


@server_state
def script_turns() -> ScriptTurns:
    """Return the server's turns."""
    return ScriptTurns()
