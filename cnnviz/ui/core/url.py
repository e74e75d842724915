"""Widgets whose values stand in the page's URL: a declared parameter is seeded, drawn and written back in one call.

A page declares its parameters in `links.py`; `PARAMS` there is the grammar of its links:

    LAYER = Param("layer", Name("a layer of the network"), "")
    layer = url.select(LAYER.among(names), t("layer.label"))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar, cast

import streamlit as st

from cnnviz.options.kinds import Choice, Kind, OptionError, Whole
from cnnviz.ui.core import url_state

T = TypeVar("T")
Style = Literal["menu", "segments", "pills"]


@dataclass(frozen=True, slots=True)
class Name(Kind[str]):
    """A text that the page looks up or checks itself, such as the name of a layer."""

    meaning: str
    pattern: str = r"[^\ud800-\udfff]*"
    """By default any text but halves of characters, which nothing can be sent with."""
    longest: int = 200

    def parse(self, value: Any, option: str = "value") -> str:
        """Return the text.

        Raises:
            OptionError: `option_choice` for a text of another form, or one too long.
        """
        if not isinstance(value, str) or len(value) > self.longest or not re.fullmatch(self.pattern, value, re.DOTALL):
            raise OptionError("option_choice", option=option, got=str(value)[:40], choices=[self.meaning])
        return value


@dataclass(frozen=True, slots=True)
class Entries(Kind[list[Any]]):
    """Up to `most` different entries with commas between their texts; `choices` where the page knows them."""

    meaning: str
    most: int
    choices: tuple[Any, ...] | None = None
    pattern: str = r".*"
    """Form of one entry's text."""
    once: bool = False
    """Refuse a text that names an entry twice."""

    def parse(self, value: Any, option: str = "value") -> list[Any]:
        """Return the entries, each once, in the order of the text.

        Raises:
            OptionError: `option_choices` for an entry that is no choice, or too many.
        """
        parts = [part for part in value.split(",") if part] if isinstance(value, str) else value
        named = list(map(str, parts)) if isinstance(parts, list | tuple) else [""]
        parts = list(dict.fromkeys(named))
        known = {part: part for part in parts} if self.choices is None else {str(one): one for one in self.choices}
        legal = all(part in known and len(part) <= 200 and re.fullmatch(self.pattern, part) for part in parts)
        if not legal or len(parts) > self.most or (self.once and len(parts) < len(named)):
            raise OptionError("option_choices", option=option, got=str(value)[:40], choices=[self.meaning])
        return [known[part] for part in parts]

    def format(self, value: list[Any]) -> str:
        """Return the texts with commas between them."""
        return ",".join(map(str, value))


@dataclass(frozen=True, slots=True)
class Place(Kind[tuple[int, ...]]):
    """Whole numbers with commas between them that name a value of a tensor: channel, row, column."""

    counts: tuple[int, ...]
    """How many numbers there may be."""

    def parse(self, value: Any, option: str = "value") -> tuple[int, ...]:
        """Return the numbers; whether they lie inside a tensor is for the page to check.

        Raises:
            OptionError: `option_list`.
        """
        parts = value.split(",") if isinstance(value, str) else value
        texts = list(map(str, parts)) if isinstance(parts, list | tuple) else [""]
        legal = all(part.isascii() and part.isdigit() and len(part) < 8 for part in texts)
        if not legal or len(texts) not in self.counts:
            low, high = min(self.counts), max(self.counts)
            got = str(value)[:40]
            raise OptionError(
                "option_list", option=option, low_count=low, high_count=high, low=0, high=9999999, got=got
            )
        return tuple(map(int, texts))


@dataclass(frozen=True, slots=True)
class Param(Generic[T]):
    """One declared parameter of a page's URL; its widget has the same key."""

    name: str
    kind: Kind[Any]
    default: T
    """The value that is not written into the URL."""
    older: Mapping[str, T] = field(default_factory=dict)
    """Texts of older links, and the value that each stands for now."""
    longest: int = 10_000
    """Characters of a text in a link; a longer value stays in the session alone."""
    family: str = ""
    """The name under which the grammar lists parameters of one form, such as `set.<setting>`."""

    def parse(self, text: str) -> T:
        """Return the value that the text of a link stands for.

        Raises:
            ValueError: it stands for none.
        """
        if len(text) > self.longest:
            raise ValueError(text[:40])
        return self.older[text] if text in self.older else self.kind.parse(text, self.name)

    def format(self, value: T) -> str:
        """Return the text of `value` in a link; "" for one that no link can tell."""
        text = "" if value is None else self.kind.format(value)
        return text if len(text) <= self.longest else ""

    def among(self, choices: Sequence[T], default: T | None = None) -> Param[T]:
        """Return the same parameter with the choices that there are; the first is the default unless one is given."""
        return replace(self, kind=Choice(tuple(choices)), default=choices[0] if default is None else default)

    def usual(self, default: T) -> Param[T]:
        """Return the same parameter with another default."""
        return replace(self, default=default)

    def __contains__(self, value: object) -> bool:
        """Return False for what is no value of this kind: that of a widget may come from a forged message."""
        if value is None or value == self.default:
            return value == self.default
        try:
            legal = self.kind.parse(value, self.name)
        except ValueError:
            return False
        return legal == value and type(legal) is type(value)


def value(param: Param[T]) -> T:
    """Return the value of `param` in this run, before or without a widget."""
    return url_state.seed(param.name, param.default, param.parse, param)


def keep(param: Param[T], value: T) -> T:
    """Write `value` into the URL, unless it is the default; return it."""
    return url_state.keep(param.name, value, param.default, param.format)


def put(param: Param[T], value: T) -> None:
    """Set the value of `param` from a callback, or before its widget is drawn."""
    url_state.put(param.name, value, param.format)


def select(
    param: Param[T],
    label: str,
    describe: Callable[[T], str] = str,
    *,
    style: Style = "menu",
    held: bool = False,
    **settings: Any,
) -> T:
    """Draw one choice and return it.

    Args:
        param: of kind `Choice`.
        label: of the widget.
        describe: returns the words of a choice.
        style: a menu, segments beside each other, or pills, which have room for more of them.
        held: for a part of a page that redraws itself: the widget's own default is then the value it has. A browser
            that is still loading the widget's code when the part is drawn again misses the value of the session state;
            it would begin with that default and send it back as the user's choice.
        settings: of Streamlit's widget.
    """
    choices = cast(Choice[T], param.kind).choices
    current = value(param)
    chosen: Any
    if style == "menu":
        if held:
            settings["index"] = choices.index(current)
        chosen = st.selectbox(label, choices, key=param.name, format_func=describe, **settings)
    else:
        if held:
            settings["default"] = current
        if style == "segments":
            settings["wrap"] = True
        draw: Any = st.pills if style == "pills" else st.segmented_control
        chosen = draw(label, choices, key=param.name, required=True, format_func=describe, **settings)
        if chosen is None and None not in choices:  # a client that did not send the widget's state
            chosen = param.default if current is None else current
    return keep(param, cast(T, chosen))


def several(param: Param[list[T]], label: str, describe: Callable[[T], str] = str, **settings: Any) -> list[T]:
    """Draw a choice of several entries and return them, the default ones where none is chosen.

    Args:
        param: of kind `Entries` with its choices; what the session holds of others is left out.
        label: of the widget.
        describe: returns the words of an entry.
        settings: of Streamlit's widget.
    """
    kind = cast(Entries, param.kind)
    choices, before = kind.choices or (), st.session_state.get(param.name)
    if isinstance(before, list) and (known := [one for one in before if one in choices]) != before:
        st.session_state[param.name] = known or param.default  # another network or image than before
    value(param)
    chosen = st.multiselect(label, choices, key=param.name, max_selections=kind.most, format_func=describe, **settings)
    return keep(param, chosen) or param.default


def toggle(param: Param[bool], label: str, *, held: bool = False, **settings: Any) -> bool:
    """Draw a switch and return whether it is on; `held` as in `select`."""
    current = value(param)
    if held:
        settings["value"] = current
    return keep(param, st.toggle(label, key=param.name, **settings))


def number(param: Param[int], label: str, *, most: int | None = None, held: bool = False, **settings: Any) -> int:
    """Draw a whole number, up to `most` where that is less than the parameter allows, and return it."""
    kind = cast(Whole, param.kind)
    high = kind.high if most is None else min(most, kind.high)
    current = value(param)
    if current > high:
        st.session_state[param.name] = current = high
    if held:
        settings["value"] = current
    return keep(param, st.number_input(label, kind.low, high, key=param.name, **{"step": 1, **settings}))


def text(param: Param[str], label: str, **settings: Any) -> str:
    """Draw a line of text and return it."""
    value(param)
    longest = cast(Name, param.kind).longest
    return keep(param, st.text_input(label, key=param.name, max_chars=longest, **settings))
