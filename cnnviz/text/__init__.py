"""Every visible word, in every language, from the TOML files of this folder.

A leaf of a file is a table with one sentence per language; its key is the dotted path to it:

    [step.label]
    en      = "Layer"
    zh-Hans = "层"
    zh-Hant = "層"
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

LANGUAGES = MappingProxyType({"en": "English", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"})
DEFAULT_LANGUAGE = "en"

_LATIN_SPACE = re.compile("(?<=[（），。；：！？、」』》]) |(?<=[一-鿿]) (?=[一-鿿])")
"""The space that a sentence sets beside Latin words, where what was filled in is Chinese or ends with its mark."""
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Text:
    """The sentences of one topic in one language: `t("step.label")`, `t("count", layers=3)`."""

    topic: str
    language: str

    def __call__(self, key: str, **values: Any) -> str:
        """Return the sentence at `key` with `values` filled in; KeyError where the topic has no such key."""
        sentence = _sentences(self.topic)[key][self.language]
        if not values:
            return sentence
        said = sentence.format(**values)
        return said if self.language == DEFAULT_LANGUAGE else _LATIN_SPACE.sub("", said)

    def row(self, sentences: Iterable[str]) -> str:
        """Join whole sentences: a space stands between them, none in Chinese."""
        return (" " if self.language == DEFAULT_LANGUAGE else "").join(sentences)

    def listed(self, parts: Iterable[str]) -> str:
        """Join names: with commas, or the Chinese mark of enumeration."""
        return (", " if self.language == DEFAULT_LANGUAGE else "、").join(parts)

    def clauses(self, parts: Iterable[str]) -> str:
        """Join parts of one sentence, with semicolons."""
        return ("; " if self.language == DEFAULT_LANGUAGE else "；").join(parts)

    def __contains__(self, key: str) -> bool:
        return key in _sentences(self.topic)

    def keys(self, prefix: str = "") -> tuple[str, ...]:
        """Return the keys that begin with `prefix`, in the order of the file."""
        return tuple(key for key in _sentences(self.topic) if key.startswith(prefix))


def load(topic: str, language: str = DEFAULT_LANGUAGE) -> Text:
    """Return the sentences of `cnnviz/text/<topic>.toml` in `language`."""
    return Text(topic, language)


def match_language(locale: str | None) -> str:
    """Return the language nearest to a browser's locale.

    >>> match_language("zh-TW"), match_language("zh"), match_language("fr")
    ('zh-Hant', 'zh-Hans', 'en')
    """
    if not locale:
        return DEFAULT_LANGUAGE
    if locale in LANGUAGES:
        return locale
    parts = locale.replace("_", "-").lower().split("-")
    if parts[0] != "zh":
        return DEFAULT_LANGUAGE
    return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(parts) else "zh-Hans"


@cache
def _sentences(topic: str) -> dict[str, dict[str, str]]:
    with (_FOLDER / f"{topic}.toml").open("rb") as file:
        return dict(_leaves(tomllib.load(file), ""))


def _leaves(table: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, str]]]:
    if "en" in table and isinstance(table["en"], str):
        yield path, table
        return
    for key, value in table.items():
        yield from _leaves(value, f"{path}.{key}" if path else key)
