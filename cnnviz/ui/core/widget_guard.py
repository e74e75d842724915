"""Guard against values that no widget of ours sends, from a client of its own making: the widget keeps its default.

Streamlit hands each value to the widget's deserializer as it came and raises what that raises, before the script or
in it: a page that fails with a traceback in the log, for as long as somebody sends such values.
"""

import json
from functools import lru_cache
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state.common import WidgetMetadata
from streamlit.runtime.state.session_state import Serialized, Value, WStates

from cnnviz.ui.core.server_log import log_event

_read, _take = WStates.__getitem__, WStates.set_widget_from_proto


def install() -> None:
    """Read the values of the widgets of all sessions with `read_checked` from now on."""
    WStates.__getitem__ = read_checked  # type: ignore[method-assign]
    WStates.set_widget_from_proto = store_checked  # type: ignore[method-assign]


def store_checked(self: WStates, widget_state: WidgetState) -> None:
    """Store the value that the browser sent of a widget; nothing under a name that Streamlit gives to none."""
    if widget_state.id.startswith("$$"):
        _take(self, widget_state)
    else:
        _log_once("the id of a widget", "another name", "")


def read_checked(states: WStates, key: str) -> Any:
    """Return the value of the widget with the id `key`: its default where the type or the content can't be its own."""
    held, widget = states.states.get(key), states.widget_metadata.get(key)
    if widget is None or not isinstance(held, Serialized):
        return _read(states, key)
    try:
        _check(held.value, widget)
        return _read(states, key)
    except Exception as error:  # a deserializer fed with arbitrary values raises whatever it likes
        _log_once(widget.value_type, held.value.WhichOneof("value"), type(error).__name__)
        states.states[key] = Value(widget.deserializer(None))
        return states.states[key].value


def _check(sent: WidgetState, widget: WidgetMetadata[Any]) -> None:
    """Raise TypeError or ValueError for what Streamlit would take although the widget doesn't send it."""
    came = sent.WhichOneof("value")
    if came == "int_value" and widget.value_type == "double_value":
        came = "double_value"  # a number input of whole numbers registers the one and sends the other
    if came not in (None, widget.value_type):
        raise TypeError(came)
    if came == "json_value" and not isinstance(json.loads(sent.json_value), dict):  # of components
        raise TypeError(came)
    labels = getattr(getattr(widget.deserializer, "__self__", None), "formatted_option_to_option_index", None)
    if came == "string_value" and labels is not None and sent.string_value not in labels:
        raise ValueError(came)


@lru_cache(maxsize=128)
def _log_once(expected: str, came: str | None, error: str) -> None:
    """Log each kind of refused value once."""
    log_event("forged_value", expected=expected, came=came or "-", error=error or "-")
