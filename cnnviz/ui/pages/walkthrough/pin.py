"""The pin of this session: events from the canvas, the link and the microscope go to the state, and it to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from torch import Tensor

from cnnviz.models import ModelSpec
from cnnviz.trace.explain import default_unit
from cnnviz.trace.explain.explanation import Index, SourceCell
from cnnviz.trace.record import LayerRecord, Trace
from cnnviz.ui.components import stepper
from cnnviz.ui.components.canvas import Unit
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.component_value import component_value, is_index, is_whole_below
from cnnviz.ui.pages.walkthrough.links import UNIT
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

SOFTMAX, SIGMOID = "softmax", "sigmoid"
"""Names of the step behind the last layer, as the URL holds them: of one class, or of several at once."""
CANVAS = "walk"
"""The key of the canvas whose pin is listened to."""
STATE = "walkthrough.pin"
"""The key of the state in the session."""


def current() -> PinState:
    """Return the pin of this session."""
    state: PinState = st.session_state.get(STATE, PinState())
    return state


def send(event: Event) -> PinState:
    """Apply `event` to the pin of this session; return the state after it."""
    st.session_state[STATE] = state = reduce(current(), event)
    return state


def open_layer(network: ModelSpec, record: LayerRecord) -> PinState:
    """Show the layer `record`: hear what the canvas and the link say of it, and write the chosen place into the URL."""
    send(LayerOpened(network, record.name, record.shape))
    _hear_canvas(record)
    _hear_link(record)
    state = current()
    url.keep(UNIT, state.index)
    return state


def show_unit(record: LayerRecord, output: Tensor) -> PinState:
    """Show the chosen place of a layer's `output`, or a strong one in the middle; none where the pin was taken off."""
    state = current()
    if state.network is None or state.released or state.index is not None:
        return send(OutputComputed(None))
    return send(OutputComputed(default_unit(output, record.receptive_field, *state.network.input_shape[1:])))


def follow(trace: Trace, target: Any) -> None:
    """Move to the value `target`, {"row", "index"}, that the shown one was computed from; anything else is ignored."""
    cell = parse_cell(trace, target)
    if cell is not None and current().shown is not None:
        send(ValueFollowed(cell))
        _show_layer_of(cell)


def back(step: Any) -> None:
    """Return to the value at place `step` of the trail."""
    trail = current().trail
    if is_whole_below(step, len(trail)):
        send(TrailReturned(step))
        _show_layer_of(trail[step])


def parse_cell(trace: Trace, target: Any) -> SourceCell | None:
    """Return `target` as a value of a row of `trace`, or of the image; None where there is none such."""
    if not isinstance(target, Mapping) or not isinstance(target.get("index"), list):
        return None
    row, index = str(target.get("row")), tuple(target["index"])
    shape = _shape_of(trace, row)
    return SourceCell(row, index) if shape is not None and is_index(index, shape) else None


def parse_index(text: str, shape: tuple[int, ...]) -> Index:
    """Return the place that a URL names: channel, row, column; of a vector the first may stand alone.

    Raises:
        ValueError: no place of `shape`.
    """
    index = UNIT.parse(text)
    if index is not None and len(shape) == 1 and index[1:] == (0, 0):
        index = index[:1]
    if index is None or not is_index(index, shape):
        raise ValueError(text)
    return index


def panel_name(record: LayerRecord, first: int) -> str:
    """Return the name of the panel of a layer's maps whose first map is channel `first`."""
    return f"{record.name} [{first}]" if first else record.name


def give_canvas(pin: Unit | None) -> Unit | None:
    """Move the canvas's pin to `pin`; return the pin for a canvas that is drawn for the first time, else None.

    Written into the component's state, since a canvas that is given another pin answers with a run of its own,
    and that run may still carry the menu's former layer.
    """
    component = st.session_state.get(CANVAS)
    if component is None:
        send(CanvasCreated())
        return pin
    held = component.get("pin") if isinstance(component.get("pin"), Mapping) else {}
    present = {name: part for name, part in held.items() if name != "serial" and part is not None}
    wanted = {"panel": None} if pin is None else {"panel": pin.panel, "channel": pin.channel, "y": pin.y, "x": pin.x}
    state = send(CanvasGiven(wanted, present))
    component["pin"] = {**wanted, "serial": state.serial}
    return None


def _show_layer_of(cell: SourceCell) -> None:
    if cell.row != "input":
        stepper.show_layer(cell.row)


def _shape_of(trace: Trace, row: str) -> tuple[int, ...] | None:
    """Return the shape of a row, of the image, or of the step behind the last row; None for no such name."""
    shapes = {record.name: record.shape for record in trace.layers}
    return (dict.fromkeys((SOFTMAX, SIGMOID), trace.layers[-1].shape) | shapes | {"input": trace.input_shape}).get(row)


def _hear_canvas(record: LayerRecord) -> None:
    pin = component_value(CANVAS, "pin")
    serial = pin.get("serial")
    if is_whole_below(serial, 2**31):
        send(CanvasReleased(serial) if pin.get("panel") is None else CanvasMoved(serial, _index_of(pin, record)))


def _index_of(pin: Mapping[str, Any], record: LayerRecord) -> Index | None:
    """Return the place that the canvas's `pin` marks in the layer `record`; None where it is of no such place."""
    name = str(pin.get("panel"))
    place: tuple[Any, ...] = tuple(pin.get(axis) for axis in ("channel", "y", "x"))
    if not all(is_whole_below(part, 2**31) for part in place):
        return None
    if name != record.name:
        first = name.removeprefix(f"{record.name} [").removesuffix("]")
        if not (first.isascii() and first.isdigit() and len(first) < 8) or panel_name(record, int(first)) != name:
            return None
        place = (place[0] + int(first), *place[1:])
    index = place if len(record.shape) == 3 else place[:1]
    return index if is_index(index, record.shape) else None


def _hear_link(record: LayerRecord) -> None:
    text = url_state.arriving(UNIT.name)
    if text is None:
        if url_state.left_out(UNIT.name):
            send(LinkOpened(None))
        return
    try:
        if any(name == stepper.LAYER.name for name, _ in url_state.wrong()):  # the place was meant for another layer
            raise ValueError(text)
        send(LinkOpened(parse_index(text, record.shape)))
    except ValueError:
        url_state.note_wrong(UNIT.name, text)
