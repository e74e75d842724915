"""The pin of the Walkthrough as a pure state: which value of a layer is explained, and how each event moves it.

The state is the one owner of the pin. The canvas, the link, the microscope and the stepper send events; what they show
is read from the state that `reduce` returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnnviz.models import ModelSpec
from cnnviz.trace.explain.explanation import Index, SourceCell


@dataclass(frozen=True, slots=True)
class PinState:
    """The pinned value of one session and the way that led to it."""

    network: ModelSpec | None = None
    row: str = ""
    """The layer on the screen."""
    shape: tuple[int, ...] = ()
    index: Index | None = None
    """The place that the user chose; None while the layer's first unit is shown, or nothing."""
    released: bool = False
    """The user took the pin off: nothing is shown until they pin again or move on."""
    shown: Index | None = None
    """The place that is explained."""
    pixel: Index | None = None
    """A pixel of the image that the trail has come to."""
    trail: tuple[SourceCell, ...] = ()
    """The values that the user came by, the first one first."""
    serial: int = 0
    """Moves of the canvas's pin so far, by the user and by the page."""
    sent: Mapping[str, Any] | None = None
    """The pin that the canvas was last given; None where the canvas has moved it since."""


@dataclass(frozen=True, slots=True)
class LayerOpened:
    """The layer `row` of `network`, with outputs of `shape`, is on the screen."""

    network: ModelSpec
    row: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CanvasMoved:
    """The canvas reports move number `serial` of its pin: to `index`, or to no place of this layer (None)."""

    serial: int
    index: Index | None


@dataclass(frozen=True, slots=True)
class CanvasReleased:
    """The canvas reports, as move number `serial`, that the user took the pin off."""

    serial: int


@dataclass(frozen=True, slots=True)
class LinkOpened:
    """A link pins `index`; None where an address that the user went back to pins nothing."""

    index: Index | None


@dataclass(frozen=True, slots=True)
class OutputComputed:
    """The layer's output is known; `first` is the unit to show where the user chose none."""

    first: Index | None


@dataclass(frozen=True, slots=True)
class ValueFollowed:
    """The user follows the shown value back to `cell`, one of those that it was computed from."""

    cell: SourceCell


@dataclass(frozen=True, slots=True)
class TrailReturned:
    """The user returns to the value at place `step` of the trail."""

    step: int


@dataclass(frozen=True, slots=True)
class CanvasGiven:
    """The page gives the canvas the pin `wanted`; `present` is what the component's own state holds."""

    wanted: Mapping[str, Any]
    present: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CanvasCreated:
    """The canvas is drawn for the first time and counts its moves from 0."""


Event = (
    LayerOpened
    | CanvasMoved
    | CanvasReleased
    | LinkOpened
    | OutputComputed
    | ValueFollowed
    | TrailReturned
    | CanvasGiven
    | CanvasCreated
)


def reduce(state: PinState, event: Event) -> PinState:
    """Return the state after `event`."""
    match event:
        case LayerOpened(network, row, shape):
            return _open_layer(state, network, row, shape)
        case CanvasMoved(serial, index) if serial > state.serial:
            state = replace(state, serial=serial, sent=None)
            return state if index is None or index == state.shown else _pinned(state, index)
        case CanvasReleased(serial) if serial > state.serial:
            return replace(_pinned(state, None), serial=serial, sent=None, shown=None, released=True)
        case LinkOpened(index):
            return replace(_pinned(state, index), shown=None)
        case OutputComputed(first):
            hidden = state.released or state.network is None
            return replace(state, shown=None if hidden else state.index or first)
        case ValueFollowed(cell) if state.shown is not None:
            return _moved_to(replace(state, trail=(*state.trail, SourceCell(state.row, state.shown))), cell)
        case TrailReturned(step) if 0 <= step < len(state.trail):
            return _moved_to(replace(state, trail=state.trail[:step]), state.trail[step])
        case CanvasGiven(wanted, present):
            stands = state.sent or present
            moved = stands != wanted and (wanted.get("panel") is not None or bool(stands))
            return replace(state, serial=state.serial + moved, sent=wanted)
        case CanvasCreated():
            return replace(state, serial=0, sent=None)
        case _:  # an old report of the canvas, a value followed from none, a place beyond the trail
            return state


def _open_layer(state: PinState, network: ModelSpec, row: str, shape: tuple[int, ...]) -> PinState:
    """Start anew with another network; in another layer keep the chosen place while the shape stays."""
    if state.network != network:
        return PinState(network, row, shape, serial=state.serial, sent=state.sent)
    if state.row != row:
        index = state.index if state.shape == shape else None
        state = replace(_pinned(state, index), shown=None)
    return replace(state, row=row, shape=shape)


def _pinned(state: PinState, index: Index | None) -> PinState:
    """Pin `index`; the trail begins anew."""
    return replace(state, index=index, pixel=None, trail=(), released=False)


def _moved_to(state: PinState, cell: SourceCell) -> PinState:
    """Go along the trail to `cell`: to another layer, or to a pixel of the image while the layer stays."""
    if cell.row == "input":
        return replace(state, pixel=cell.index, released=False)
    return replace(state, row=cell.row, index=cell.index, pixel=None, released=False)
