"""One setting of a training as a field whose default follows the recipe, or as a chip that opens to it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.options import Several
from cnnviz.text import Text
from cnnviz.train.config import SETTINGS
from cnnviz.ui.core import url, url_state
from cnnviz.ui.core.forms import draw_control, follow_default, with_labels
from cnnviz.ui.core.url import Param
from cnnviz.ui.pages.studio.links import SETTING


def draw_chip(name: str, usual: Any, t: Text) -> Any:
    """Draw the setting `name` as a chip that says its value and opens to its field; return the value."""
    value = st.session_state[_begin(name, usual).name]
    said = t(f"choice.{value}") if isinstance(value, str) else f"{value:,g}"
    with st.popover(f"{t(f'setting.{name}.label')} **{said}**"):
        return draw_setting(name, usual, t, held=True)


def draw_setting(name: str, usual: Any, t: Text, *, held: bool = False) -> Any:
    """Draw the field of the setting `name` and return its value, `usual` until the user gives another.

    Numbers out of range are not stopped here, so that a sentence says what is wrong with them; `held` as in
    `draw_control`.
    """
    param = _begin(name, usual)
    value = draw_control(
        SETTINGS[name],
        param.name,
        t(f"setting.{name}.label"),
        help=t(f"setting.{name}.help"),
        describe=lambda choice: t(f"choice.{choice}"),
        bounded=False,
        held=held,
    )
    return url.keep(param, value)


def _begin(name: str, usual: Any) -> Param[Any]:
    """Return the parameter of a setting with its default of now, its value in the session."""
    param = SETTING[name].usual(list(usual) if isinstance(SETTINGS[name].kind, Several) else usual)
    url_state.seed(param.name, param.default, param.parse)  # any value: out of range, too
    follow_default(param.name, param.default)
    return param


def with_field_labels(error: UserError, t: Text) -> UserError:
    """Return `error` with the settings called as their fields are."""
    return with_labels(error, lambda name: t(key) if (key := f"setting.{name}.label") in t else name)
