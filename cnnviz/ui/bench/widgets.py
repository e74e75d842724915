"""A control for each kind of setting."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.bench.setting import Choice, Flag, Numbers, Pair, Real, Setting, Whole

_ROOM = 22
"""Letters that fit beside each other in one column of the page."""


def draw_setting(tab: str, setting: Setting, t: Text) -> Any:
    """The control of `setting`, whose value stands in the session under `<tab>.<setting>`."""
    label = f"setting.{setting.name}"
    return _WIDGETS[type(setting.kind)](f"{tab}.{setting.name}", setting, t(label), t)


def _numbers(key: str, setting: Setting, label: str, t: Text) -> str:
    return st.text_input(label, key=key, help=t(f"help.numbers{setting.kind.depth}"))


def _pair(key: str, setting: Setting, label: str, t: Text) -> str:
    return st.text_input(label, key=key, help=t("help.pair_same" if "same" in setting.kind.words else "help.pair"))


def _whole(key: str, setting: Setting, label: str, t: Text) -> int:
    return st.number_input(label, setting.kind.low, setting.kind.high, step=1, key=key)


def _real(key: str, setting: Setting, label: str, t: Text) -> float:
    return st.number_input(label, setting.kind.low, setting.kind.high, step=setting.kind.step, key=key, format="%g")


def _choice(key: str, setting: Setting, label: str, t: Text) -> str:
    options = setting.kind.options

    def say(option: str) -> str:
        word = f"value.{setting.name}.{option}"
        return t(word) if word in t else option

    if sum(map(_width, map(say, options))) <= _ROOM:
        return st.segmented_control(label, options, key=key, required=True, wrap=True, format_func=say)
    return st.selectbox(label, options, key=key, format_func=say)


def _width(label: str) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in label) + 3


def _flag(key: str, setting: Setting, label: str, t: Text) -> bool:
    return st.toggle(label, key=key)


_WIDGETS: dict[type, Callable[[str, Setting, str, Text], Any]] = {
    Numbers: _numbers,
    Pair: _pair,
    Whole: _whole,
    Real: _real,
    Choice: _choice,
    Flag: _flag,
}
