"""The gate for heavy computations, by threads that wait for each other's signals."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, Thread

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.core import admission
from cnnviz.ui.core.admission import AdmissionGate


class Gone(BaseException):
    """What Streamlit raises in a script whose session has gone."""


class Caller(Thread):
    """A session that asks for a computation and ends it when told."""

    def __init__(self, gate: AdmissionGate, owner: str, size: int = 1, begun: list[str] | None = None) -> None:
        super().__init__(daemon=True)
        self.gate, self.owner, self.size, self.begun = gate, owner, size, begun if begun is not None else []
        self.in_line, self.entered, self.leave, self.gone = Event(), Event(), Event(), Event()
        self.places: list[int] = []
        self.start()
        while not (self.in_line.is_set() or self.entered.is_set()):
            self.in_line.wait(0.01)

    def run(self) -> None:
        try:
            with self.gate.admitted(self.owner, self.size, self._wait):
                self.begun.append(self.owner)
                self.entered.set()
                self.leave.wait(20)
        except Gone:
            pass

    def _wait(self, place: int) -> None:
        self.places.append(place)
        self.in_line.set()
        if self.gone.is_set():
            raise Gone

    def finish(self) -> None:
        self.leave.set()
        self.join(20)
        assert not self.is_alive()


@contextmanager
def holder(gate: AdmissionGate) -> Iterator[None]:
    """Somebody else's computation."""
    with gate.admitted("holder", 1, lambda place: pytest.fail("nobody stands before it")):
        yield


def test_as_many_run_as_there_are_places_and_the_others_are_told_their_place() -> None:
    gate = AdmissionGate(budget=100, places=2)
    first, second = Caller(gate, "a"), Caller(gate, "b")
    third, fourth = Caller(gate, "c"), Caller(gate, "d")
    assert (first.entered.is_set(), second.entered.is_set()) == (True, True)
    assert (gate.running, gate.waiting) == (2, 2)
    assert (third.places[0], fourth.places[0]) == (1, 2)
    first.finish()
    assert third.entered.wait(20)
    for caller in (second, third):
        caller.finish()
    assert fourth.entered.wait(20)
    fourth.finish()
    assert (gate.running, gate.waiting) == (0, 0)


def test_sizes_together_stay_within_the_budget_and_one_beyond_it_runs_alone() -> None:
    gate = AdmissionGate(budget=100, places=8)
    small, large = Caller(gate, "a", size=60), Caller(gate, "b", size=1000)
    fits = Caller(gate, "c", size=40)
    assert not large.entered.is_set()
    assert not fits.entered.is_set(), "nobody is passed over for a smaller one"
    small.finish()
    assert large.entered.wait(20)
    assert not fits.entered.is_set()
    large.finish()
    assert fits.entered.wait(20)
    fits.finish()


def test_who_asks_often_does_not_go_before_one_who_asks_once() -> None:
    gate, begun = AdmissionGate(budget=100, places=1), []
    with ExitStack() as stack:
        stack.enter_context(holder(gate))
        often = [Caller(gate, "often", begun=begun) for _ in range(3)]
        once = Caller(gate, "once", begun=begun)
        assert once.places[0] == 2, "after the other's first"
    left = [*often, once]
    while left:
        running = next(caller for caller in left if caller.entered.wait(0.01))
        running.finish()
        left.remove(running)
    assert begun == ["often", "once", "often", "often"]


def test_a_session_that_has_gone_leaves_the_line_and_lets_the_next_one_in() -> None:
    gate = AdmissionGate(budget=100, places=1)
    with ExitStack() as stack:
        stack.enter_context(holder(gate))
        gone, next_one = Caller(gate, "gone"), Caller(gate, "next")
        assert next_one.places[0] == 2
        gone.gone.set()
        gone.join(20)
        assert gate.waiting == 1
    assert next_one.entered.wait(20)
    next_one.finish()
    assert (gate.running, gate.waiting) == (0, 0)


def test_a_computation_that_fails_gives_its_place_back() -> None:
    gate = AdmissionGate(budget=100, places=1)
    with pytest.raises(ZeroDivisionError), gate.admitted("a", 1, lambda place: None):
        _ = 1 / 0
    with holder(gate):
        assert gate.running == 1


def test_a_part_of_a_computation_that_asks_again_has_the_place_of_the_whole() -> None:
    gate = AdmissionGate(budget=100, places=1)
    with holder(gate):
        with holder(gate):
            assert gate.running == 1
        assert gate.running == 1, "the whole goes on"
        other = Caller(gate, "other")
        assert not other.entered.is_set()
    assert other.entered.wait(20)
    other.finish()


def test_what_is_done_in_a_moment_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = AdmissionGate(budget=10, places=1)
    monkeypatch.setattr(admission, "heavy_gate", lambda: gate)
    with holder(gate), admission.heavy_computation(admission.LIGHT_MACS - 1, admission.LIGHT_BYTES - 1, "en"):
        assert gate.waiting == 0


def test_a_brief_computation_does_not_wait_behind_those_of_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = AdmissionGate(budget=10, places=1)
    monkeypatch.setattr(admission, "heavy_gate", lambda: gate)
    other = Caller(gate, "other")
    with admission.heavy_computation(admission.BRIEF_MACS, 1, "en"):
        assert (gate.running, gate.waiting) == (1, 0)
        assert admission.brief_gate().running == 1
    other.finish()


def test_a_heavy_computation_of_a_page_shows_its_place_until_its_turn_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = AdmissionGate(budget=10, places=1)
    monkeypatch.setattr(admission, "heavy_gate", lambda: gate)

    def script() -> None:
        import streamlit as st

        from cnnviz.ui.core.admission import heavy_computation

        with heavy_computation(10**12, 1, "en"):
            st.write("done")

    other = Caller(gate, "other")
    other.entered.wait(20)
    Thread(target=lambda: (wait_until(lambda: gate.waiting == 1), other.leave.set()), daemon=True).start()
    app = AppTest.from_function(script, default_timeout=60).run()
    assert [element.value for element in app.markdown] == ["done"]
    assert (gate.running, gate.waiting) == (0, 0)


def wait_until(condition: Callable[[], bool]) -> None:
    while not condition():
        Event().wait(0.01)
