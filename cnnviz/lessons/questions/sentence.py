"""Sentences of questions: a key of a text topic with its values, worded when the language is known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cnnviz.text import Text, load
from cnnviz.text.printable import printable

DIGITS = 4
"""Digits after the point of a number in a sentence; zeros at its end are left out."""

Escape = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A key of `text/<topic>.toml` and the values of its sentence: numbers, names, lists of names, other sentences."""

    topic: str
    key: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def describe(self, language: str, escape: Escape = str) -> str:
        """Return the sentence in `language`; `escape` is applied to names, such as those of layers."""
        text = load(self.topic, language)
        return text(self.key, **{name: _worded(value, text, escape) for name, value in self.values.items()})


def number_text(number: float) -> str:
    """Return a number as a sentence has it: commas between thousands, up to four digits after the point.

    >>> number_text(61_706), number_text(-0.25), number_text(53.75), number_text(2.0)
    ('61,706', '−0.25', '53.75', '2')
    """
    said = f"{number:,}" if isinstance(number, int) else f"{number:,.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if said == "-0" else said.replace("-", "−")


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape, or a window's sides.

    >>> shape_text((6, 28, 28))
    '6×28×28'
    """
    return "×".join(number_text(side) for side in shape)


def _worded(value: Any, text: Text, escape: Escape) -> str:
    if isinstance(value, Sentence):
        return value.describe(text.language, escape)
    if isinstance(value, str):
        return escape(printable(value))
    if isinstance(value, list):
        return text.listed(_worded(one, text, escape) for one in value)
    return shape_text(value) if isinstance(value, tuple) else number_text(value)
