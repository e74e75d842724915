"""The form of a schema: one control for each kind of option."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.options import Flag, Option, Real, Several, Whole


def draw_control(
    option: Option,
    key: str,
    label: str,
    *,
    help: str | None = None,
    describe: Callable[[Any], str] = str,
    choices: Sequence[Any] | None = None,
    side_by_side: bool = False,
    bounded: bool = True,
    longest: int | None = None,
    held: bool = False,
) -> Any:
    """Draw the control of `option`, whose value stands in the session under `key`; return what it holds.

    `describe` gives the label of a choice, `choices` are those that may be chosen now (one alone is shown and cannot
    be changed), and `side_by_side` shows all of them at once. Without `bounded` a number out of range can be typed, so
    that a sentence can say what is wrong with it. A line that is typed, of up to `longest` characters, is returned as
    it stands: `option.parse` gives its value. `held`, for what a browser draws later than the page, such as in a
    popover: the control has its value as its default too.
    """
    kind, legal = option.kind, option.choices if choices is None else choices
    current = st.session_state.get(key)
    if len(legal) == 1:
        st.segmented_control(label, legal, format_func=describe, key=key, help=help, disabled=True, wrap=True)
        return legal[0]
    if legal and side_by_side:
        return st.segmented_control(label, legal, format_func=describe, key=key, help=help, required=True, wrap=True)
    if legal:
        place: dict[str, Any] = {"index": legal.index(current)} if held else {}
        return st.selectbox(label, legal, format_func=describe, key=key, help=help, **place)
    bounds: dict[str, Any] = {"value": current} if held else {}
    match kind:
        case Several():
            return st.pills(
                label, kind.choices, selection_mode="multi", format_func=describe, key=key, help=help, wrap=True
            )
        case Flag():
            return st.toggle(label, key=key, help=help)
        case Whole():
            low = kind.low if kind.automatic is None else min(kind.low, kind.automatic)
            if bounded:
                bounds |= {"min_value": low, "max_value": kind.high}
            return st.number_input(label, **bounds, step=1, key=key, help=help)
        case Real():
            if bounded:
                bounds |= {"min_value": float(kind.low), "max_value": float(kind.high)}
            return st.number_input(label, **bounds, step=kind.step, format="%g", key=key, help=help)
    return st.text_input(label, key=key, help=help, max_chars=longest)


def follow_default(key: str, default: Any) -> None:
    """Let the control with key `key` move with its default until the user chooses another value."""
    before = f"{key}.usual"
    if st.session_state.get(before, default) == st.session_state[key]:
        st.session_state[key] = default
    st.session_state[before] = default


def with_labels(error: UserError, label: Callable[[str], str]) -> UserError:
    """Return `error` with every option in it called as its control is: `label` gives that of a name."""
    places = ("option", "other", "setting", "what")
    labels = {place: label(name) for place, name in error.values.items() if place in places and isinstance(name, str)}
    return UserError(error.key, **{**error.values, **labels})
