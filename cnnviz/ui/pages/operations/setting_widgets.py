"""A control for each kind of setting."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.pages.operations.settings import Choice, Flag, Numbers, Pair, Real, Setting, Whole

_ROOM = 22
"""Letters that fit beside each other in one column of the page."""


def draw_setting(tab: str, setting: Setting, t: Text) -> Any:
    """The control of `setting`, whose value stands in the session under `<tab>.<setting>`."""
    label = f"setting.{setting.name}"
    return _WIDGETS[type(setting.kind)](f"{tab}.{setting.name}", setting.kind, t(label), t)


def _numbers(key: str, kind: Numbers, label: str, t: Text) -> str:
    return st.text_input(label, key=key, help=t(f"help.numbers{kind.depth}"))


def _pair(key: str, kind: Pair, label: str, t: Text) -> str:
    return st.text_input(label, key=key, help=t("help.pair_same" if "same" in kind.words else "help.pair"))


def _whole(key: str, kind: Whole, label: str, t: Text) -> int:
    return st.number_input(label, kind.low, kind.high, step=1, key=key)


def _real(key: str, kind: Real, label: str, t: Text) -> float:
    return st.number_input(label, kind.low, kind.high, step=kind.step, key=key, format="%g")


def _choice(key: str, kind: Choice, label: str, t: Text) -> str:
    name = key.rpartition(".")[2]

    def say(option: str) -> str:
        word = f"value.{name}.{option}"
        return t(word) if word in t else option

    if sum(map(_width, map(say, kind.options))) <= _ROOM:
        return str(st.segmented_control(label, kind.options, key=key, required=True, wrap=True, format_func=say))
    return st.selectbox(label, kind.options, key=key, format_func=say)


def _width(label: str) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in label) + 3


def _flag(key: str, kind: Flag, label: str, t: Text) -> bool:
    return st.toggle(label, key=key)


_WIDGETS: dict[type, Callable[[str, Any, str, Text], Any]] = {
    Numbers: _numbers,
    Pair: _pair,
    Whole: _whole,
    Real: _real,
    Choice: _choice,
    Flag: _flag,
}
