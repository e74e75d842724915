"""Widgets for an architecture and its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.models.spec import OWN, ModelSpec
from cnnviz.models.spec_words import describe_value
from cnnviz.options import Option, Typed, Value, Whole, format_value
from cnnviz.text import Text, load
from cnnviz.ui.core import url
from cnnviz.ui.core.forms import draw_control, follow_default, with_labels
from cnnviz.ui.core.markdown import error_markdown
from cnnviz.ui.core.shell import language
from cnnviz.ui.core.url import Param
from cnnviz.ui.inputs.links import NETWORK, OPTIONS, SEED
from cnnviz.zoo import ARCHITECTURES, architecture

if TYPE_CHECKING:
    from cnnviz.zoo.architecture_record import Architecture

Keep = Callable[[Param[Any], Any], Any]
"""Takes a parameter and its value, as `url.keep` does."""
_MOST_SEGMENTS = 6  # choices that still fit beside each other


def select_architecture() -> str:
    """Draw the menu of architectures in teaching order, the user's own network last; return the selected name."""
    t = load("controls", language())
    return url.select(NETWORK, t("network"), architecture_title)


def architecture_title(name: str) -> str:
    """Return the entry of a network in a menu: title and year; the user's own has neither."""
    if name == OWN:
        return load("controls", language())("own.title")
    return f"{ARCHITECTURES[name].title} ({ARCHITECTURES[name].year})"


def select_options(
    name: str, params: Mapping[str, Param[Any]] | None = None, columns: int = 3, keep: Keep = url.keep
) -> ModelSpec:
    """Draw the options of architecture `name`, its image size, channels and classes; return the network they make.

    `params` are the parameters that hold them where a page shows several networks; `keep` is called with every
    option in the place of `url.keep`.
    """
    entry, params = architecture(name), params or OPTIONS[name]
    t, words = load("controls", language()), load(f"zoo/{name}", language())
    options: dict[str, Value] = {option.name: option.default for option in entry.options}
    cells = st.columns(columns)
    for position, option in enumerate(entry.options):
        with cells[position % columns]:
            options[option.name] = select_option(entry, option, params[option.name], options, words, t, keep)
    return _select_shape(entry, options, params, st.columns(columns), t, keep)


def set_options(network: ModelSpec) -> None:
    """Set the widgets of the options, which are drawn later in this run, to those of `network`."""
    params = OPTIONS[network.architecture]
    for option, value in network.options:
        url.put(params[option], value)
        if isinstance(value, tuple):
            st.session_state[f"{params[option].name}.text"] = format_value(value)
    channels, size, _ = network.input_shape
    for shape, number in (("size", size), ("channels", channels), ("classes", network.num_classes)):
        url.put(params[shape], number)
        st.session_state.pop(f"{params[shape].name}.usual", None)


def option_keys(name: str) -> tuple[str, ...]:
    """Return the names of the URL parameters of the options of architecture `name`."""
    return tuple(param.name for param in OPTIONS[name].values())


def select_option(
    entry: Architecture,
    option: Option,
    param: Param[Any],
    resolved: Mapping[str, Value],
    words: Text,
    t: Text,
    keep: Keep = url.keep,
) -> Value:
    """Draw one option, held in the URL as `param`; return its value. Those before it, `resolved`, may limit it."""
    value, key = url.value(param), param.name
    legal, reason = _allowed_values(entry, option, resolved)
    if value not in legal and legal != ():
        st.session_state[key] = legal[0] if option.default not in legal else option.default
    label, help_text = words(f"option.{option.name}.label"), words(f"option.{option.name}.help")
    if reason:
        help_text = t.row([help_text, reason])

    def say(choice: Value) -> str:
        return describe_value(entry.name, option.name, choice, t.language)

    if isinstance(option.kind, Typed) and not legal:
        chosen = _typed_input(entry, option, key, label, help_text)
    else:
        chosen = draw_control(
            option, key, label, help=help_text, describe=say, choices=legal, side_by_side=len(legal) <= _MOST_SEGMENTS
        )
    keep(param, chosen)
    return chosen


def _allowed_values(entry: Architecture, option: Option, resolved: Mapping[str, Value]) -> tuple[tuple[Any, ...], str]:
    """Return the values that are allowed with the options before this one, and a sentence on why others are not."""
    legal: tuple[Any, ...] = option.choices
    reason = ""
    for need in option.needs:
        if not need.met(resolved):
            forbidden = need.values or tuple(choice for choice in option.choices if choice != option.default)
            left = tuple(choice for choice in legal if choice not in forbidden)
            legal = left if option.choices else (option.default,)
            t, words = load("controls", language()), load(f"zoo/{entry.name}", language())
            needed = t.listed(describe_value(entry.name, need.other, value, language()) for value in need.allowed)
            reason = t("needs", option=words(f"option.{need.other}.label"), values=needed)
    return legal, reason


def _typed_input(entry: Architecture, option: Option, key: str, label: str, help_text: str) -> Value:
    """Draw a line of text; one that cannot be parsed keeps the last legal value and says why."""
    text_key = f"{key}.text"
    if text_key not in st.session_state:
        st.session_state[text_key] = option.format(st.session_state[key])
    try:
        st.session_state[key] = option.parse(draw_control(option, text_key, label, help=help_text))
    except UserError as error:
        st.error(error_markdown(with_labels(error, lambda _: label), language()))
    return st.session_state[key]


def _select_shape(
    entry: Architecture,
    options: Mapping[str, Value],
    params: Mapping[str, Param[Any]],
    cells: Sequence[Any],
    t: Text,
    keep: Keep,
) -> ModelSpec:
    """Draw image size, channels and classes, which follow the form of the network until the user changes them."""
    channels, size, _ = entry.input_shape(options)
    chosen = {"size": size, "channels": channels, "classes": entry.num_classes(options)}
    for position, (name, usual) in enumerate(chosen.items()):
        param = params[name].usual(usual)
        with cells[position % len(cells)]:
            url.value(param)
            follow_default(param.name, usual)
            kind = cast(Whole, param.kind)
            chosen[name] = st.number_input(
                t(f"{name}.label"), kind.low, kind.high, key=param.name, help=t(f"{name}.help"), step=1
            )
            keep(param, chosen[name])
    shape = chosen["channels"], chosen["size"], chosen["size"]
    return ModelSpec(entry.name, tuple(options.items()), shape, chosen["classes"])


def select_seed() -> int:
    """Draw the seed of untrained weights; return it."""
    t = load("controls", language())
    return url.number(SEED, t("seed.label"), help=t("seed.help"))
