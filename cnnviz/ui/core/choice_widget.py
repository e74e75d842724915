"""One choice out of a few that stand beside each other, kept in the page's URL."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import streamlit as st

from cnnviz.ui.core import url_state

T = TypeVar("T")


def pick_one(
    name: str,
    label: str,
    choices: Sequence[T],
    say: Callable[[T], str] = str,
    *,
    default: T | None = None,
    pills: bool = False,
    held: bool = False,
    **how: Any,
) -> T:
    """The choice that the URL holds as `name`; `default` is the first one unless it is given.

    `say` gives its words, `pills` has room for more of them, `held` is for a part of a page that redraws itself (see
    `address.held`), and `how` goes to the widget.
    """
    usual = choices[0] if default is None else default
    if url_state.seed(name, usual, url_state.one_of(choices)) not in choices:
        st.session_state[name] = usual
    if held:
        how["default"] = url_state.held(name)
    draw: Any = st.pills if pills else st.segmented_control
    if not pills:
        how["wrap"] = True
    chosen = draw(label, choices, key=name, required=True, format_func=say, **how)
    return url_state.keep(name, cast(T, chosen), usual)
