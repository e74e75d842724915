"""No English leaks into a Chinese sentence: a Latin word in it is a name, a unit, code, or a term that stays so."""

import re
import tomllib
from pathlib import Path

import pytest

from cnnviz.errors import UserError
from cnnviz.text import DEFAULT_LANGUAGE, LANGUAGES, load
from tests.text.topics import TOPICS

CHINESE = tuple(language for language in LANGUAGES if language != DEFAULT_LANGUAGE)
with (Path(__file__).parent / "latin_words.toml").open("rb") as file:
    ALLOWED = {word for words in tomllib.load(file).values() for word in words.split()}

FILLED_IN = re.compile(r"\{[^}]*\}|`[^`]*`|https?://\S+|\w*_\w*")
"""What is no word of the sentence: values, code, addresses and names with an underscore."""
BRACKETS = re.compile(r"\([^()\[\]（）]*\)|\[[^()\[\]（）]*\]|（[^()\[\]（）]*）")
"""Pairs, intervals and arguments, whose commas belong to mathematics."""
WORD = re.compile(r"(?<![A-Za-z.\d-])[A-Za-z]{3,}(?![A-Za-z=(])")


def leaks(sentence: str) -> list[str]:
    """The Latin words of three letters and more in `sentence` that are not allowed."""
    return [word for word in WORD.findall(FILLED_IN.sub(" ", sentence)) if word not in ALLOWED]


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_chinese_sentence_holds_no_english_but_names(topic: str, language: str) -> None:
    t = load(topic, language)
    for key in t.keys(""):
        if not (topic == "cli" and key.startswith("help.")):  # these hold command lines
            assert leaks(t(key)) == [], (key, t(key))


@pytest.mark.parametrize("language", CHINESE)
@pytest.mark.parametrize("topic", TOPICS)
def test_a_chinese_sentence_lists_with_its_own_mark(topic: str, language: str) -> None:
    t = load(topic, language)
    for key in t.keys(""):
        if not (topic == "cli" and key.startswith("help.")):
            words = FILLED_IN.sub("x", t(key))
            while (shorter := BRACKETS.sub("", words)) != words:  # from the innermost out
                words = shorter
            assert not re.search(r"(?<!\d), |, (?!\d)", words), (key, t(key))


def test_english_words_are_found() -> None:
    assert leaks("选项 batch norm = full") == ["batch", "norm", "full"]
    assert leaks("形状是 1×28×28，{which} 来自 torchvision 的 ResNet；见 `pip list`") == []


@pytest.mark.parametrize(
    ("language", "said"), [("en", "lenet, vgg"), ("zh-Hans", "lenet、vgg"), ("zh-Hant", "lenet、vgg")]
)
def test_names_are_listed_as_the_language_does(language: str, said: str) -> None:
    assert load("errors", language).listed(["lenet", "vgg"]) == said
    assert said in UserError("unknown_architecture", name="x", known=["lenet", "vgg"]).describe(language)


def test_clauses_are_set_off_as_the_language_does() -> None:
    assert load("errors", "en").clauses(["a 1", "b 2"]) == "a 1; b 2"
    assert load("errors", "zh-Hant").clauses(["a 1", "b 2"]) == "a 1；b 2"
