"""Which value stands under the microscope: pinned, followed to, given by the link, or else the first one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.trace.explain.explanation import Index, SourceCell
from cnnviz.ui.components import stepper
from cnnviz.ui.core import url_state
from cnnviz.ui.core.component_value import component_value, is_index, is_whole_below

if TYPE_CHECKING:
    from torch import Tensor

    from cnnviz.models import ModelSpec
    from cnnviz.trace.record import LayerRecord, Trace
    from cnnviz.ui.components.canvas import Unit

SOFTMAX, SIGMOID = "softmax", "sigmoid"
"""Names of the step behind the last layer, as the URL holds them: of one class, or of several at once."""
CANVAS = "walk"
"""The key of the canvas whose pin is listened to."""


@dataclass
class Held:
    """What one reader looks at, kept in their session."""

    network: ModelSpec | None = None
    row: str = ""
    shape: tuple[int, ...] = ()
    index: Index | None = None
    """The place that the reader chose; None while the layer's first one is shown, or nothing."""
    freed: bool = False
    """The reader let the pin go: nothing is shown until they pin again or move on."""
    shown: Index | None = None
    pixel: Index | None = None
    """A pixel of the image that the path has come to."""
    trail: list[SourceCell] = field(default_factory=list)
    """The values that the reader came by, the first one first."""
    serial: int = 0
    """How often the pin of the canvas has moved, whoever moved it."""
    told: dict[str, Any] | None = None
    """The pin that the canvas was last given."""


def held() -> Held:
    """What this session's reader looks at."""
    return st.session_state.setdefault("unit.held", Held())


def settle(network: ModelSpec, record: LayerRecord) -> Held:
    """What the reader looks at in the layer `record`: canvas and link are heard, and the URL follows."""
    looks = held()
    if looks.network != network:
        st.session_state["unit.held"] = looks = Held(network, serial=looks.serial, told=looks.told)
    elif looks.row != record.name:
        if looks.shape != record.shape:
            looks.index = None
        looks.trail, looks.pixel, looks.freed, looks.shown = [], None, False, None
    looks.row, looks.shape = record.name, record.shape
    _hear_canvas(looks, record)
    _hear_link(looks, record)
    url_state.keep("unit", written(looks.index), "")
    return looks


def show(looks: Held, record: LayerRecord, output: Tensor) -> Index | None:
    """The place that is shown of a layer's `output`: the chosen one, or a strong one in the middle; None once freed."""
    from cnnviz.trace.explain import default_unit

    if looks.freed or looks.network is None:
        looks.shown = None
    else:
        looks.shown = looks.index or default_unit(output, record.receptive_field, *looks.network.input_shape[1:])
    return looks.shown


def follow(trace: Trace, target: Any) -> None:
    """Move to the value `target`, {"row", "index"}, that the current one was made from; else nothing."""
    cell, looks = read_cell(trace, target), held()
    if cell is not None and looks.shown is not None:
        looks.trail.append(SourceCell(looks.row, looks.shown))
        _go(trace, looks, cell)


def back(trace: Trace, step: Any) -> None:
    """Return to the value at place `step` of the trail."""
    looks = held()
    if is_whole_below(step, len(looks.trail)):
        cell = looks.trail[step]
        del looks.trail[step:]
        _go(trace, looks, cell)


def read_cell(trace: Trace, target: Any) -> SourceCell | None:
    """`target` as a value of a row of `trace`, or of the image; None where there is none such."""
    if not isinstance(target, Mapping) or not isinstance(target.get("index"), list):
        return None
    row, index = str(target.get("row")), tuple(target["index"])
    shape = _shape_of(trace, row)
    return SourceCell(row, index) if shape is not None and is_index(index, shape) else None


def written(index: Index | None) -> str:
    """`3,0,12`, and nothing for none: how the URL holds a place."""
    return "" if index is None else ",".join(map(str, index))


def read(text: str, shape: tuple[int, ...]) -> Index:
    """The place that a URL names: channel, row, column; of a vector the first may stand alone.

    Raises:
        ValueError: no place of `shape`.
    """
    parts = text.split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 8 for part in parts):
        raise ValueError(text)
    index = tuple(map(int, parts))
    if len(shape) == 1 and index[1:] == (0, 0):
        index = index[:1]
    if not is_index(index, shape):
        raise ValueError(text)
    return index


def panel_name(record: LayerRecord, first: int) -> str:
    """What the panel of a layer's maps is called when its first map is channel `first`."""
    return f"{record.name} [{first}]" if first else record.name


def tell_canvas(looks: Held, pin: Unit | None) -> Unit | None:
    """Move the canvas's pin to `pin`; what is returned must be given to a canvas that does not stand yet.

    Written into the component's state, since a canvas that is given another pin answers with a run of its own,
    and that run may still carry the menu's former layer.
    """
    state = st.session_state.get(CANVAS)
    if state is None:
        looks.serial, looks.told = 0, None
        return pin
    held = state.get("pin") if isinstance(state.get("pin"), Mapping) else {}
    wanted = {"panel": None} if pin is None else {"panel": pin.panel, "channel": pin.channel, "y": pin.y, "x": pin.x}
    stands = looks.told or {name: part for name, part in held.items() if name != "serial" and part is not None}
    if stands != wanted and (pin is not None or stands):
        looks.serial += 1
    looks.told = wanted
    state["pin"] = {**wanted, "serial": looks.serial}
    return None


def _go(trace: Trace, looks: Held, cell: SourceCell) -> None:
    looks.pixel = cell.index if cell.row == "input" else None
    looks.freed = False
    if cell.row != "input":
        looks.row, looks.shape, looks.index = cell.row, _shape_of(trace, cell.row) or (), cell.index
        stepper.show_layer(cell.row)


def _shape_of(trace: Trace, row: str) -> tuple[int, ...] | None:
    """The shape of a row, of the image, or of the step behind the last row; None for no such name."""
    shapes = {record.name: record.shape for record in trace.layers}
    return (dict.fromkeys((SOFTMAX, SIGMOID), trace.layers[-1].shape) | shapes | {"input": trace.input_shape}).get(row)


def _hear_canvas(looks: Held, record: LayerRecord) -> None:
    pin = component_value(CANVAS, "pin")
    serial = pin.get("serial")
    if not is_whole_below(serial, 2**31) or serial <= looks.serial:
        return
    looks.serial, looks.told = serial, None
    if pin.get("panel") is None:
        looks.index, looks.shown, looks.pixel, looks.trail, looks.freed = None, None, None, [], True
        return
    index = _of_pin(pin, record)
    if index is not None and index != looks.shown:
        looks.index, looks.pixel, looks.trail, looks.freed = index, None, [], False


def _of_pin(pin: Mapping[str, Any], record: LayerRecord) -> Index | None:
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


def _hear_link(looks: Held, record: LayerRecord) -> None:
    text = url_state.arriving("unit")
    if text is None:
        if url_state.left_out("unit"):
            looks.index, looks.shown, looks.pixel, looks.trail, looks.freed = None, None, None, [], False
        return
    try:
        if any(name == "layer" for name, _ in url_state.wrong()):  # the place was meant for another layer
            raise ValueError(text)
        looks.index = read(text, record.shape)
    except ValueError:
        url_state.note_wrong("unit", text)
    else:
        looks.shown, looks.pixel, looks.trail, looks.freed = None, None, [], False
