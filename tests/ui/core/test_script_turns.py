"""The turns of scripts, by threads that wait for each other's signals."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.ui.core import script_turns as module
from cnnviz.ui.core import shell
from cnnviz.ui.core.script_turns import ScriptTurns


class Script(Thread):
    """A script that draws until it is told to end."""

    def __init__(self, turns: ScriptTurns, name: str, drawn: list[str], brief: bool = False) -> None:
        super().__init__(name=name, daemon=True)
        self.turns, self.drawn, self.brief = turns, drawn, brief
        self.begun, self.leave = Event(), Event()
        waiting = turns.waiting
        self.start()
        while not self.begun.is_set() and turns.waiting == waiting:
            self.begun.wait(0.005)

    def run(self) -> None:
        with self.turns.turn(self.brief):
            self.drawn.append(self.name)
            self.begun.set()
            self.leave.wait(20)

    def finish(self) -> None:
        self.leave.set()
        self.join(20)
        assert not self.is_alive()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> ScriptTurns:
    """Turns that no script outlasts."""
    monkeypatch.setattr(module, "MOST", 60.0)
    return ScriptTurns()


def finish_all(scripts: list[Script]) -> None:
    for script in scripts:
        script.leave.set()
    for script in scripts:
        script.finish()


def test_one_script_draws_at_a_time_and_the_others_follow_in_the_order_they_came(turns: ScriptTurns) -> None:
    drawn: list[str] = []
    scripts = [Script(turns, name, drawn) for name in "abcd"]
    assert (drawn, turns.waiting) == (["a"], 3)
    scripts[0].finish()
    assert scripts[1].begun.wait(20)
    assert drawn == ["a", "b"]
    finish_all(scripts[1:])
    assert (drawn, turns.waiting) == ([*"abcd"], 0)


def test_the_script_of_a_part_goes_before_those_of_whole_pages_that_came_earlier(turns: ScriptTurns) -> None:
    drawn: list[str] = []
    scripts = [Script(turns, name, drawn) for name in ("page", "page 2")]
    scripts += [Script(turns, name, drawn, brief=True) for name in ("layer", "layer 2")]
    finish_all(scripts)
    assert drawn == ["page", "layer", "layer 2", "page 2"]


def test_the_script_of_a_whole_page_waits_for_parts_that_came_soon_after_it_alone(
    turns: ScriptTurns, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE_HANDICAP", 0.0)
    drawn: list[str] = []
    scripts = [Script(turns, "first", drawn), Script(turns, "page", drawn)]
    scripts.append(Script(turns, "layer", drawn, brief=True))
    finish_all(scripts)
    assert drawn == ["first", "page", "layer"]


def test_a_part_within_a_script_has_the_turn_of_the_whole(turns: ScriptTurns) -> None:
    with turns.turn(), turns.turn(brief=True):
        assert turns.waiting == 0
    assert not is_taken(turns)


def test_others_draw_while_a_script_computes_and_it_goes_on_before_who_waits(turns: ScriptTurns) -> None:
    drawn: list[str] = []
    computed, computing = Event(), Event()

    def compute() -> None:
        with turns.turn():
            drawn.append("begins")
            with turns.released():
                computing.set()
                computed.wait(20)
            drawn.append("goes on")

    computer = Thread(target=compute, daemon=True)
    computer.start()
    assert computing.wait(20)
    first = Script(turns, "first", drawn, brief=True)
    second = Script(turns, "second", drawn, brief=True)
    assert drawn == ["begins", "first"]
    waiting = turns.waiting
    computed.set()
    while turns.waiting == waiting:
        first.begun.wait(0.005)
        Event().wait(0.005)
    finish_all([first, second])
    computer.join(20)
    assert drawn == ["begins", "first", "goes on", "second"]


def test_a_script_that_waits_for_something_makes_room_after_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 0.05)
    turns, drawn = ScriptTurns(), list[str]()
    stuck, other = Script(turns, "stuck", drawn), Script(turns, "other", drawn)
    assert other.begun.wait(20)
    assert not stuck.leave.is_set()
    finish_all([other, stuck])
    assert not is_taken(turns)


def test_a_turn_is_given_back_however_the_script_ends(turns: ScriptTurns) -> None:
    for kind in (ValueError, KeyboardInterrupt):
        with pytest.raises(kind), turns.turn(), turns.released():
            raise kind
    assert not is_taken(turns)


def test_the_app_takes_a_turn_and_a_part_that_runs_by_itself_a_brief_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[bool | None] = []

    class Noted(ScriptTurns):
        @contextmanager
        def turn(self, brief: bool = False) -> Iterator[None]:
            taken.append(brief)
            yield

    monkeypatch.setattr(shell, "script_turns", Noted)
    monkeypatch.setattr(shell, "_draw_app", lambda: taken.append(None))
    shell.run()
    assert taken == [False, None]

    def script() -> None:
        from cnnviz.ui.core import shell

        shell.fragment()(lambda: None)()

    assert not AppTest.from_function(script).run().exception
    assert taken == [False, None, True]


def is_taken(turns: ScriptTurns) -> bool:
    script = Script(turns, "probe", [])
    waits = not script.begun.is_set()
    script.finish()
    return waits
