"""Every transition of the Walkthrough's pin, without Streamlit."""

from dataclasses import replace

import pytest

from cnnviz.models import ModelSpec
from cnnviz.trace.explain.explanation import SourceCell
from cnnviz.ui.pages.walkthrough.pin_state import (
    CanvasCreated,
    CanvasGiven,
    CanvasMoved,
    CanvasReleased,
    Event,
    LayerOpened,
    LinkOpened,
    OutputComputed,
    PinState,
    TrailReturned,
    ValueFollowed,
    reduce,
)

LENET, NIN = ModelSpec.of("lenet"), ModelSpec.of("nin")
CONV1 = LayerOpened(LENET, "conv1", (6, 28, 28))
SIGMOID1 = LayerOpened(LENET, "sigmoid1", (6, 28, 28))
POOL1 = LayerOpened(LENET, "pool1", (6, 14, 14))
FIRST = OutputComputed((0, 14, 14))
PIXEL = SourceCell("input", (0, 3, 4))


def after(*events: Event, state: PinState | None = None) -> PinState:
    state = PinState() if state is None else state
    for event in events:
        state = reduce(state, event)
    return state


def test_a_layer_shows_its_first_unit_until_the_user_chooses() -> None:
    state = after(CONV1, FIRST)
    assert (state.shown, state.index) == ((0, 14, 14), None)


def test_the_canvas_pins_what_its_user_pressed() -> None:
    state = after(CONV1, FIRST, CanvasMoved(1, (3, 5, 7)), FIRST)
    assert (state.shown, state.index, state.serial) == ((3, 5, 7), (3, 5, 7), 1)


def test_a_report_of_the_canvas_that_is_not_newer_changes_nothing() -> None:
    state = after(CONV1, FIRST, CanvasMoved(2, (3, 5, 7)), FIRST)
    for event in (CanvasMoved(2, (1, 1, 1)), CanvasMoved(1, (1, 1, 1)), CanvasReleased(2)):
        assert reduce(state, event) is state


def test_a_report_of_the_shown_place_or_of_another_layer_s_counts_the_move_alone() -> None:
    state = after(CONV1, FIRST)
    for index in (None, state.shown):
        assert reduce(state, CanvasMoved(1, index)) == replace(state, serial=1)


def test_a_pin_taken_off_shows_nothing_until_the_user_pins_again_or_moves_on() -> None:
    state = after(CONV1, FIRST, CanvasReleased(1), FIRST)
    assert state.released
    assert (state.shown, state.index) == (None, None)
    assert after(CONV1, FIRST, state=state).shown is None
    assert after(CanvasMoved(2, (1, 2, 3)), FIRST, state=state).shown == (1, 2, 3)
    assert after(POOL1, OutputComputed((0, 7, 7)), state=state).shown == (0, 7, 7)
    assert after(LinkOpened((4, 4, 4)), FIRST, state=state).shown == (4, 4, 4)


def test_a_step_keeps_the_chosen_place_while_the_shape_stays() -> None:
    state = after(CONV1, LinkOpened((3, 5, 7)), FIRST, SIGMOID1)
    assert (state.row, state.index, state.shown) == ("sigmoid1", (3, 5, 7), None)
    assert after(POOL1, state=state).index is None


def test_a_layer_drawn_again_keeps_everything() -> None:
    state = after(CONV1, FIRST, CanvasMoved(1, (3, 5, 7)), FIRST, ValueFollowed(PIXEL))
    assert reduce(state, CONV1) == state


def test_another_network_begins_anew_but_its_canvas_counts_on() -> None:
    state = after(CONV1, FIRST, CanvasMoved(5, (3, 5, 7)), FIRST, ValueFollowed(PIXEL))
    opened = LayerOpened(NIN, "block1.conv", (96, 54, 54))
    assert after(opened, state=state) == PinState(NIN, "block1.conv", (96, 54, 54), serial=5)


@pytest.mark.parametrize("index", [(2, 2, 2), None])
def test_a_link_leads_and_ends_the_trail(index: tuple[int, ...] | None) -> None:
    state = after(CONV1, FIRST, ValueFollowed(PIXEL), LinkOpened(index))
    assert (state.index, state.shown, state.pixel, state.trail) == (index, None, None, ())


def test_following_leads_to_another_layer_and_every_step_can_be_undone() -> None:
    start = after(POOL1, LinkOpened((2, 3, 4)), FIRST)
    first = after(ValueFollowed(SourceCell("sigmoid1", (2, 6, 8))), state=start)
    assert (first.row, first.index, first.trail) == ("sigmoid1", (2, 6, 8), (SourceCell("pool1", (2, 3, 4)),))
    second = after(SIGMOID1, FIRST, ValueFollowed(PIXEL), state=first)
    assert (second.row, second.pixel, len(second.trail)) == ("sigmoid1", PIXEL.index, 2)
    third = after(TrailReturned(1), state=second)
    assert (third.row, third.index, third.pixel, len(third.trail)) == ("sigmoid1", (2, 6, 8), None, 1)
    fourth = after(TrailReturned(0), POOL1, FIRST, state=third)
    assert (fourth.row, fourth.index, fourth.trail) == ("pool1", (2, 3, 4), ())


def test_nothing_is_followed_from_no_value_and_nothing_lies_beyond_the_trail() -> None:
    state = after(CONV1)
    assert reduce(state, ValueFollowed(PIXEL)) is state
    for step in (-1, 0, 7):
        assert reduce(state, TrailReturned(step)) is state


def test_a_pin_that_the_page_moves_is_a_move_of_its_own() -> None:
    wanted = {"panel": "conv1", "channel": 3, "y": 5, "x": 7}
    state = after(CONV1, CanvasGiven(wanted, {}))
    assert (state.serial, state.sent) == (1, wanted)
    assert after(CanvasGiven(wanted, {}), state=state).serial == 1
    assert after(CanvasGiven({"panel": None}, {}), state=state).serial == 2


def test_a_canvas_without_a_pin_that_is_given_none_has_not_moved() -> None:
    assert after(CONV1, CanvasGiven({"panel": None}, {})).serial == 0


def test_a_pin_that_the_user_moved_is_compared_with_what_the_canvas_holds() -> None:
    wanted = {"panel": "conv1", "channel": 3, "y": 5, "x": 7}
    state = after(CONV1, CanvasGiven(wanted, {}), CanvasMoved(2, (3, 5, 8)))
    assert state.sent is None
    assert after(CanvasGiven({**wanted, "x": 8}, {**wanted, "x": 8}), state=state).serial == 2
    assert after(CanvasGiven(wanted, {**wanted, "x": 8}), state=state).serial == 3


def test_a_canvas_drawn_for_the_first_time_counts_from_zero() -> None:
    state = after(CONV1, CanvasMoved(7, (3, 5, 7)), CanvasCreated())
    assert (state.serial, state.sent, state.index) == (0, None, (3, 5, 7))
