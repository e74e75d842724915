"""Widgets for an architecture and its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.models.spec import SHAPE, ModelSpec
from cnnviz.models.spec_words import describe_value
from cnnviz.options import Option, Typed, Value, format_value
from cnnviz.text import Text, load
from cnnviz.ui.core import url_state
from cnnviz.ui.core.forms import draw_control, follow_default, with_labels
from cnnviz.ui.core.markdown import error_markdown
from cnnviz.ui.core.shell import language

if TYPE_CHECKING:
    from cnnviz.zoo.architecture_record import Architecture

LARGEST_IMAGE = 512
"""Pixels on a side; what a page on two cores still walks."""
LARGEST_CLASSES = 1000
MOST_CHANNELS = 16
Keep = Callable[..., Any]
"""Takes a name, its value, its default and how the value is format_value, as `address.keep` does."""
_MOST_SEGMENTS = 6  # choices that still fit beside each other


def select_architecture(key: str = "net", default: str = "lenet") -> str:
    """Draw the menu of architectures in teaching order; return the name of the selected one."""
    from cnnviz.zoo import ARCHITECTURES

    t = load("controls", language())
    names = tuple(ARCHITECTURES)
    url_state.seed(key, default, url_state.one_of(names))
    name = st.selectbox(
        t("network"),
        names,
        key=key,
        format_func=lambda name: f"{ARCHITECTURES[name].title} ({ARCHITECTURES[name].year})",
    )
    return url_state.keep(key, name, default)


def select_options(name: str, prefix: str = "", columns: int = 3, keep: Keep = url_state.keep) -> ModelSpec:
    """Draw the options of architecture `name`, its image size, channels and classes; return the network they make.

    The URL holds each as `<prefix>.<option>`; `prefix` is the name itself unless a page shows several networks.
    `keep` is called with every option in the place of `url_state.keep`.
    """
    from cnnviz.zoo import architecture

    entry, prefix = architecture(name), prefix or name
    t, words = load("controls", language()), load(f"zoo/{name}", language())
    options: dict[str, Value] = {option.name: option.default for option in entry.options}
    cells = st.columns(columns)
    for position, option in enumerate(entry.options):
        with cells[position % columns]:
            options[option.name] = select_option(entry, option, f"{prefix}.{option.name}", options, words, t, keep)
    return _select_shape(entry, options, prefix, st.columns(columns), t, keep)


def set_options(network: ModelSpec) -> None:
    """Set the widgets of the options, which are drawn later in this run, to those of `network`."""
    for option, value in network.options:
        url_state.put(f"{network.architecture}.{option}", value, format_value)
        if isinstance(value, tuple):
            st.session_state[f"{network.architecture}.{option}.text"] = format_value(value)
    channels, size, _ = network.input_shape
    for shape_name, number in zip(SHAPE, (size, channels, network.num_classes), strict=True):
        url_state.put(f"{network.architecture}.{shape_name}", number)
        st.session_state.pop(f"{network.architecture}.{shape_name}.usual", None)


def option_keys(name: str) -> tuple[str, ...]:
    """Return the URL parameters of the options of architecture `name`."""
    from cnnviz.zoo import architecture

    return tuple(f"{name}.{key}" for key in (*(option.name for option in architecture(name).options), *SHAPE))


def select_option(
    entry: Architecture,
    option: Option,
    key: str,
    resolved: Mapping[str, Value],
    words: Text,
    t: Text,
    keep: Keep = url_state.keep,
) -> Value:
    """Draw one option, held in the URL as `key`; return its value. The options before it (`resolved`) may limit it."""
    value = url_state.seed(key, option.default, option.parse)
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
    keep(key, chosen, option.default, option.format)
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
    entry: Architecture, options: Mapping[str, Value], prefix: str, cells: Sequence[Any], t: Text, keep: Keep
) -> ModelSpec:
    channels, size, _ = entry.input_shape(options)
    with cells[0]:
        chosen_size = _number(f"{prefix}.size", t("size.label"), t("size.help"), size, 1, LARGEST_IMAGE, keep)
    with cells[1 % len(cells)]:
        chosen_channels = _number(
            f"{prefix}.channels", t("channels.label"), t("channels.help"), channels, 1, MOST_CHANNELS, keep
        )
    with cells[2 % len(cells)]:
        classes = _number(
            f"{prefix}.classes",
            t("classes.label"),
            t("classes.help"),
            entry.num_classes(options),
            1,
            LARGEST_CLASSES,
            keep,
        )
    return ModelSpec(entry.name, tuple(options.items()), (chosen_channels, chosen_size, chosen_size), classes)


def _number(key: str, label: str, help_text: str, usual: int, low: int, high: int, keep: Keep) -> int:
    """Draw a whole number; its default follows the form of the network until the user changes it."""
    url_state.seed(key, usual, url_state.whole(low, high))
    follow_default(key, usual)
    number = st.number_input(label, low, high, key=key, help=help_text, step=1)
    keep(key, number, usual, str)
    return number


def select_seed() -> int:
    """Draw the seed of untrained weights; return it."""
    t = load("controls", language())
    url_state.seed("seed", 0, url_state.whole(0, 9999))
    return url_state.keep("seed", st.number_input(t("seed.label"), 0, 9999, key="seed", step=1, help=t("seed.help")), 0)
