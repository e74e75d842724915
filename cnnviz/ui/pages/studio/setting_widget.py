"""One setting of a training as a widget whose default follows the recipe."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.options import Flag, Real, Several, Whole
from cnnviz.text import Text
from cnnviz.train.config import SETTINGS
from cnnviz.ui.core import url_state


def draw_setting(name: str, usual: Any, t: Text) -> Any:
    """The value that the reader gave the setting `name`, `usual` until then; numbers out of range are not stopped
    here, so that they are refused in a sentence."""
    setting, key = SETTINGS[name], f"set.{name}"
    usual = list(usual) if isinstance(setting.kind, Several) else usual
    _follow(name, key, usual)
    label, help_text = t(f"setting.{name}.label"), t(f"setting.{name}.help")
    value: Any
    match setting.kind:
        case Whole():
            value = st.number_input(label, key=key, step=1, help=help_text)
        case Real():
            value = st.number_input(label, key=key, step=0.01, format="%g", help=help_text)
        case Flag():
            value = st.toggle(label, key=key, help=help_text)
        case Several():
            value = st.pills(
                label,
                setting.kind.choices,
                selection_mode="multi",
                key=key,
                help=help_text,
                wrap=True,
                format_func=lambda choice: t(f"choice.{choice}"),
            )
        case _:
            value = st.selectbox(
                label, setting.choices, key=key, help=help_text, format_func=lambda choice: t(f"choice.{choice}")
            )
    return url_state.keep(key, value, usual, setting.format)


def with_labels(error: UserError, t: Text) -> UserError:
    """`error` with the settings called as their fields are."""
    labels = {
        place: t(f"setting.{name}.label")
        for place, name in error.values.items()
        if place in ("option", "setting", "other") and f"setting.{name}.label" in t
    }
    return UserError(error.key, **{**error.values, **labels})


def _follow(name: str, key: str, usual: Any) -> None:
    setting = SETTINGS[name]

    def read(text: str) -> Any:
        value = setting.parse(text)
        return list(value) if isinstance(setting.kind, Several) else value

    url_state.seed(key, usual, read)
    usual_key = f"{key}.usual"
    if st.session_state.get(usual_key, usual) == st.session_state[key]:
        st.session_state[key] = usual
    st.session_state[usual_key] = usual
