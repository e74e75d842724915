"""The controls that several pages share: which network, and how its knobs stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from cnnviz.errors import UserError
from cnnviz.models.spec import SHAPE, ModelSpec
from cnnviz.models.spec_words import describe_value
from cnnviz.options import Option, Value, Whole, format_value
from cnnviz.text import Text, load
from cnnviz.ui.core import url_state
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
_FEW = 6  # choices that still fit beside each other


def pick_network(key: str = "net", default: str = "lenet") -> str:
    """The name of an architecture, picked from the table in teaching order."""
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


def turn_knobs(name: str, prefix: str = "", columns: int = 3, keep: Keep = url_state.keep) -> ModelSpec:
    """The knobs of architecture `name`, and the image and classes that it is built for.

    The URL holds each as `<prefix>.<knob>`; `prefix` is the name itself unless a page shows several networks.
    `keep` is called with every knob in the place of `address.keep`.
    """
    from cnnviz.zoo import architecture

    entry, prefix = architecture(name), prefix or name
    t, words = load("controls", language()), load(f"zoo/{name}", language())
    options: dict[str, Value] = {option.name: option.default for option in entry.options}
    cells = st.columns(columns)
    for position, option in enumerate(entry.options):
        with cells[position % columns]:
            options[option.name] = turn_knob(entry, option, f"{prefix}.{option.name}", options, words, t, keep)
    return _shape(entry, options, prefix, st.columns(columns), t, keep)


def set_knobs(network: ModelSpec) -> None:
    """Turn the knobs, which are drawn later in this run, to those of `network`."""
    for option, value in network.options:
        url_state.put(f"{network.architecture}.{option}", value, format_value)
        if isinstance(value, tuple):
            st.session_state[f"{network.architecture}.{option}.text"] = format_value(value)
    channels, size, _ = network.input_shape
    for shape_name, number in zip(SHAPE, (size, channels, network.num_classes), strict=True):
        url_state.put(f"{network.architecture}.{shape_name}", number)
        st.session_state.pop(f"{network.architecture}.{shape_name}.usual", None)


def knob_keys(name: str) -> tuple[str, ...]:
    """The names that the URL holds the knobs of `name` under."""
    from cnnviz.zoo import architecture

    return tuple(f"{name}.{knob}" for knob in (*(option.name for option in architecture(name).options), *SHAPE))


def turn_knob(
    entry: Architecture,
    option: Option,
    key: str,
    settled: Mapping[str, Value],
    words: Text,
    t: Text,
    keep: Keep = url_state.keep,
) -> Value:
    """The value of one knob, held in the URL as `key`; `settled` are the knobs before it, which may forbid some."""
    value = url_state.seed(key, option.default, option.parse)
    legal, reason = _legal(entry, option, settled)
    if value not in legal and legal != ():
        st.session_state[key] = legal[0] if option.default not in legal else option.default
    label, help_text = words(f"option.{option.name}.label"), words(f"option.{option.name}.help")
    if reason:
        help_text = t.row([help_text, reason])

    def say(choice: Value) -> str:
        return describe_value(entry.name, option.name, choice, t.language)

    if len(legal) == 1:
        st.segmented_control(label, legal, format_func=say, key=key, help=help_text, disabled=True, wrap=True)
        chosen = legal[0]
    elif 1 < len(legal) <= _FEW:
        chosen = st.segmented_control(label, legal, format_func=say, key=key, help=help_text, required=True, wrap=True)
    elif legal:
        chosen = st.selectbox(label, legal, format_func=say, key=key, help=help_text)
    elif isinstance(option.default, tuple):
        chosen = _list_input(entry, option, key, label, help_text)
    else:
        kind: Any = option.kind
        number, step = (int, 1) if isinstance(kind, Whole) else (float, kind.step)
        chosen = st.number_input(label, number(kind.low), number(kind.high), key=key, step=step, help=help_text)
    keep(key, chosen, option.default, format_value)
    return chosen


def _legal(entry: Architecture, option: Option, settled: Mapping[str, Value]) -> tuple[tuple[Any, ...], str]:
    """The values that make sense with the knobs before this one, and the rule that forbids the others, in words."""
    legal: tuple[Any, ...] = option.choices
    reason = ""
    for need in option.needs:
        if not need.met(settled):
            forbidden = need.values or tuple(choice for choice in option.choices if choice != option.default)
            left = tuple(choice for choice in legal if choice not in forbidden)
            legal = left if option.choices else (option.default,)
            t, words = load("controls", language()), load(f"zoo/{entry.name}", language())
            needed = t.listed(describe_value(entry.name, need.other, value, language()) for value in need.allowed)
            reason = t("needs", option=words(f"option.{need.other}.label"), values=needed)
    return legal, reason


def _list_input(entry: Architecture, option: Option, key: str, label: str, help_text: str) -> Value:
    """A list of whole numbers as a line of text; what can't be read keeps the last legal list and says why."""
    text_key = f"{key}.text"
    if text_key not in st.session_state:
        st.session_state[text_key] = format_value(st.session_state[key])
    text = st.text_input(label, key=text_key, help=help_text, max_chars=40)
    try:
        st.session_state[key] = option.parse(text, entry.title)
    except UserError as error:
        named = UserError(error.key, **{**error.values, "option": label})
        st.error(error_markdown(named, language()))
    return st.session_state[key]


def _shape(
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
    """A whole number whose default moves with the form of the network, as long as the reader has not changed it."""
    url_state.seed(key, usual, url_state.whole(low, high))
    usual_key = f"{key}.usual"
    if st.session_state.get(usual_key, usual) == st.session_state[key]:
        st.session_state[key] = usual
    st.session_state[usual_key] = usual
    number = st.number_input(label, low, high, key=key, help=help_text, step=1)
    keep(key, number, usual, str)
    return number


def pick_seed() -> int:
    """The seed that the untrained weights are drawn with."""
    t = load("controls", language())
    url_state.seed("seed", 0, url_state.whole(0, 9999))
    return url_state.keep("seed", st.number_input(t("seed.label"), 0, 9999, key="seed", step=1, help=t("seed.help")), 0)
