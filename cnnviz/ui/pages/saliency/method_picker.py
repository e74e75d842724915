"""The picker of methods and their options: the form follows from the table of methods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from cnnviz.attribution import METHODS, Method
from cnnviz.options import Option
from cnnviz.text import Text, load
from cnnviz.ui.core import url
from cnnviz.ui.core.forms import draw_control
from cnnviz.ui.core.shell import language
from cnnviz.ui.pages.saliency.links import METHOD, OPTIONS, SEED


def title(name: str, language: str) -> str:
    """Return the title of a method."""
    return load("attribution", language)(f"method.{name}.title")


def select_methods(t: Text) -> list[str]:
    """Draw the choice of two to six methods to be compared; one is enough, none gives the usual two."""
    return url.several(
        METHOD,
        t("methods.label"),
        lambda name: title(name, t.language),
        placeholder=t("along.none"),
        help=t("methods.help"),
    )


def select_method(t: Text) -> str:
    """Draw the choice of the one method whose maps are compared along something else."""
    chosen = url.value(METHOD)
    st.session_state["method.one"] = (chosen or METHOD.default)[0]

    def moved() -> None:
        url.put(METHOD, [st.session_state["method.one"]])

    st.selectbox(
        t("method.label"),
        tuple(METHODS),
        key="method.one",
        on_change=moved,
        format_func=lambda name: title(name, t.language),
    )
    url.keep(METHOD, chosen)
    return st.session_state["method.one"]


def draw_options(names: Sequence[str], t: Text) -> dict[str, tuple[tuple[str, Any], ...]]:
    """Draw the options of each method; return those that differ from its defaults. A link has each as
    `<method>.<option>`."""
    settled: dict[str, tuple[tuple[str, Any], ...]] = {name: () for name in names}
    with_options = [METHODS[name] for name in names if METHODS[name].options]
    for entry in with_options:
        st.markdown(f"**{title(entry.name, t.language)}**")
        cells = st.columns(3)
        values = {}
        for place, option in enumerate(entry.options):
            with cells[place % 3]:
                values[option.name] = _draw_option(entry, option, t)
        settled[entry.name] = tuple(
            (option.name, values[option.name]) for option in entry.options if values[option.name] != option.default
        )
    if not with_options:
        st.caption(t("options.none"))
    return settled


def select_seed(t: Text) -> int:
    """Draw the seed of random draws; return it."""
    return url.number(SEED, t("draw.label"), help=t("draw.help"))


def _draw_option(entry: Method, option: Option, t: Text) -> Any:
    key = f"{entry.name}.{option.name}"
    words = load("attribution", language())

    param = next(param for param in OPTIONS if param.name == key)
    url.value(param)
    value = draw_control(
        option,
        key,
        words(f"option.{option.name}.label"),
        help=words(f"option.{option.name}.help"),
        describe=lambda choice: words(f"choice.{choice}"),
        side_by_side=True,
    )
    return url.keep(param, value)
