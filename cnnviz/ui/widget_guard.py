"""Values that no widget of ours sends, from a client of its own making: the widget keeps its default.

Streamlit hands each value to the widget's deserializer as it came and raises what that raises, before the script or
in it: a page that fails with a traceback in the log, for as long as somebody sends such values.
"""

import logging
from functools import lru_cache
from typing import Any

from streamlit.runtime.state.session_state import Serialized, Value, WStates

_log = logging.getLogger(__name__)
_read = WStates.__getitem__


def install() -> None:
    """Read the values of all sessions with `read_checked` from now on."""
    WStates.__getitem__ = read_checked  # type: ignore[method-assign]


def read_checked(states: WStates, key: str) -> Any:
    """Return the value of the widget with the id `key`: its default where the type or the content can't be its own."""
    held, widget = states.states.get(key), states.widget_metadata.get(key)
    if widget is None or not isinstance(held, Serialized):
        return _read(states, key)
    came = held.value.WhichOneof("value")
    try:
        if came not in (None, widget.value_type):
            raise TypeError(came)
        return _read(states, key)
    except Exception as error:  # a deserializer fed with arbitrary values raises whatever it likes
        _note(widget.value_type, came, type(error).__name__)
        states.states[key] = Value(widget.deserializer(None))
        return states.states[key].value


@lru_cache(maxsize=128)
def _note(expected: str, came: str | None, error: str) -> None:
    """Tell the log of each kind once."""
    _log.warning("ignored a forged widget value: %s instead of %s (%s)", came, expected, error)
