"""The scripts of the browser: short, harmless, and asking for words that there are."""

import re

import pytest

from cnnviz.text import load
from cnnviz.ui.components.microscope.microscope_view import WORDS
from cnnviz.ui.core.component_files import FILES

SCRIPTS = {path: content.decode() for path, content in FILES.items() if path.endswith(".js")}
STRINGS = re.compile(r"""["'`]([a-z_]+(?:\.(?:[a-z_]+|\$\{[^}]+\}))+)["'`]""")
FETCHES = "core/component_loader.js"
"""The one script that asks the server for a file by itself: a style sheet."""


@pytest.mark.parametrize("path", SCRIPTS)
def test_no_script_writes_markup_or_asks_the_network(path: str) -> None:
    text = re.sub(r"^\s*(//|\*|/\*\*).*$", "", SCRIPTS[path], flags=re.MULTILINE).replace("http://www.w3.org/", "")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?:", text)
    assert path == FETCHES or "fetch(" not in text


@pytest.mark.parametrize("path", SCRIPTS)
def test_no_script_is_long(path: str) -> None:
    assert len(SCRIPTS[path].splitlines()) <= 300


def test_the_words_of_the_canvas_are_the_words_that_its_code_asks_for() -> None:
    keys = set(load("canvas").keys())
    own = [text for path, text in SCRIPTS.items() if path.startswith("components/canvas/")]
    asked = {key for text in own for key in STRINGS.findall(text)}
    patterns = [re.compile(re.sub(r"\$\{[^}]+\}", r"[a-z_]+", key.replace(".", r"\."))) for key in asked]
    assert {key for key in keys if not any(pattern.fullmatch(key) for pattern in patterns)} == set()
    assert {key for key in asked if "$" not in key and key not in keys} == set()


@pytest.mark.parametrize("word", WORDS)
def test_the_microscope_says_every_word_that_it_is_sent(word: str) -> None:
    own = "".join(text for path, text in SCRIPTS.items() if path.startswith("components/microscope/"))
    assert word in own or word.rsplit(".", 1)[0] + ".${" in own
