"""Checked values of the components, which come from the browser."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import streamlit as st


def component_value(key: str, name: str) -> Mapping[str, Any]:
    """Return what the component `key` holds under `name`; nothing in it where that is no object."""
    value = (st.session_state.get(key) or {}).get(name)
    return value if isinstance(value, Mapping) else {}


def is_whole_below(value: Any, below: int) -> TypeGuard[int]:
    """Return whether `value` is a whole number from 0 to below `below`."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def is_index(value: Any, shape: Sequence[int]) -> bool:
    """Return whether `value` is a place in a tensor of `shape`, a number an axis."""
    return isinstance(value, list | tuple) and len(value) == len(shape) and all(map(is_whole_below, value, shape))
