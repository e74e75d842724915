"""Every visible word, in three languages, and no other."""

import ast
import re
import string
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES, load, match_language
from tests.text.topics import TOPICS

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "cnnviz").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
SCRIPTS = [*(ROOT / "cnnviz").rglob("*.js")]
PAGES = [*(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]


def _leaves(table: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in table.items():
        if isinstance(value, dict) and not any(language in value for language in LANGUAGES):
            yield from _leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _read(topic: str) -> dict[str, Any]:
    with (ROOT / "cnnviz" / "text" / f"{topic}.toml").open("rb") as file:
        return dict(_leaves(tomllib.load(file)))


def _placeholders(sentence: str) -> set[str]:
    names = (name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None)
    return {name.split(".")[0].split("[")[0] for name in names}


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _asked() -> tuple[set[str], re.Pattern[str]]:
    """Every string constant in the sources, and one pattern of every template: what a key may be asked for with."""
    plain, found = set(), set()
    for path in SOURCES:
        for node in _nodes(path):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[\w.#-]+", node.value):
                plain.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".+" for part in node.values]
                pattern = "".join(parts)
                if re.search(r"[a-z]", pattern.replace(".+", "")) and " " not in pattern:
                    found.add(pattern)
    for path in SCRIPTS:
        for literal in re.findall(r"""["'`]([\w.$#{}()-]+)["'`]""", path.read_text(encoding="utf-8")):
            parts = re.split(r"\$\{[^}]*\}", literal)
            if len(parts) == 1:
                plain.add(literal)
            elif re.search(r"[a-z]", "".join(parts)):
                found.add(".+".join(map(re.escape, parts)))
    return plain, re.compile("|".join(sorted(found)))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_sentence_stands_in_every_language_with_the_same_placeholders(topic: str) -> None:
    for key, sentence in _read(topic).items():
        assert isinstance(sentence, dict), key
        assert set(sentence) == set(LANGUAGES), key
        wanted = _placeholders(sentence["en"])
        for language in LANGUAGES:
            assert sentence[language].strip(), (key, language)
            assert _placeholders(sentence[language]) == wanted, (key, language)


@pytest.mark.parametrize("topic", TOPICS)
def test_chinese_sentences_use_the_characters_of_their_script(topic: str) -> None:
    simplified_only = set("络层让个从这们时会网图权积块类别输处边见")
    traditional_only = set("絡層讓個從這們時會網圖權積塊類別輸處邊見")
    shared = simplified_only & traditional_only
    for key, sentence in _read(topic).items():
        assert not set(sentence["zh-Hant"]) & (simplified_only - shared), key
        assert not set(sentence["zh-Hans"]) & (traditional_only - shared), key


def test_every_key_is_asked_for_by_some_code() -> None:
    plain, templates = _asked()
    unused = [
        f"{topic}: {key}"
        for topic in TOPICS
        for key in _read(topic)
        if key not in plain and not templates.fullmatch(key)
    ]
    assert not unused


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_has_a_sentence(language: str) -> None:
    for key, sentence in _read("errors").items():
        values = {
            name: 3 if re.search(rf"{{{name}:[,.\d]", sentence["en"]) else name
            for name in _placeholders(sentence["en"])
        }
        said = UserError(key, **values).describe(language)
        assert len(said.strip()) > 8, key
        assert "{" not in said, key


def test_every_refusal_in_the_code_gives_the_values_its_sentence_names() -> None:
    sentences = _read("errors")
    for path in SOURCES:
        for node in _nodes(path):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UserError" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant) and all(keyword.arg for keyword in node.keywords):
                    given = {keyword.arg for keyword in node.keywords}
                    assert _placeholders(sentences[key.value]["en"]) <= given, (path, key.value)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_holds_no_visible_literal(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            assert not re.search(r"[一-鿿]|[A-Za-z]{2,} [A-Za-z]{2,}", node.value), node.value


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh-CN", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("zh_SG", "zh-Hans"),
        ("en-GB", "en"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_nearest_language_is_chosen(locale: str | None, language: str) -> None:
    assert match_language(locale) == language


def test_a_sentence_takes_its_values() -> None:
    assert load("errors", "en")("num_classes", low=1, high=10, got=0).endswith("but got 0.")
