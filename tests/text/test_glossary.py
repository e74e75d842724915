"""One word for one thing: no sentence holds a word that the glossary forbids in its language."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnviz.text import LANGUAGES, load
from tests.text.topics import TOPICS

with (Path(__file__).parent / "forbidden_words.toml").open("rb") as file:
    FORBIDDEN: dict[str, list[dict[str, Any]]] = tomllib.load(file)

PLACEHOLDERS = re.compile(r"\{[^}]*\}")


def found(sentence: str, language: str) -> list[dict[str, Any]]:
    """The entries of the table whose word is in `sentence`; names within braces are not read."""
    plain = PLACEHOLDERS.sub("{}", sentence)
    return [entry for entry in FORBIDDEN[language] if re.search(entry["word"], plain, re.IGNORECASE)]


def sentences(topic: str, language: str) -> Iterator[tuple[str, str]]:
    t = load(topic, language)
    return ((f"{topic}: {key}", t(key)) for key in t.keys(""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_no_sentence_holds_a_word_that_the_glossary_forbids(topic: str, language: str) -> None:
    for name, sentence in sentences(topic, language):
        for entry in found(sentence, language):
            assert name in entry.get("allow", {}), f"{name}: {sentence!r}: write {entry['write']!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exception_is_needed(language: str) -> None:
    needed = {
        (entry["word"], name)
        for topic in TOPICS
        for name, sentence in sentences(topic, language)
        for entry in found(sentence, language)
    }
    for entry in FORBIDDEN[language]:
        for name in entry.get("allow", {}):
            assert (entry["word"], name) in needed, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_to_write_is_itself_forbidden(language: str) -> None:
    for entry in FORBIDDEN[language]:
        assert not found(entry["write"], language), entry["write"]


@pytest.mark.parametrize(
    ("language", "sentence", "write"),
    [
        ("en", "Turn its knobs and watch.", "option"),
        ("en", "A bend after every convolution.", "nonlinearity"),
        ("en", "Every filter of the layer.", "kernel"),
        ("en", "Normalises each channel.", "-ize"),
        ("en", "This is no finite number.", "is not a"),
        ("en", "They stand beside the others.", "next to, compared with"),
        ("zh-Hans", "第一层的滤波器", "卷积核"),
        ("zh-Hans", "按训练方案进行", "训练设置"),
        ("zh-Hans", "先做深度卷积", "逐通道卷积"),
        ("zh-Hans", "每幅图像", "张"),
        ("zh-Hant", "激活函數", "活化"),
        ("zh-Hant", "稠密塊", "密集區塊"),
        ("zh-Hant", "減去均值", "平均值"),
        ("zh-Hant", "這次執行已完成", "訓練任務"),
    ],
)
def test_a_forbidden_word_is_found(language: str, sentence: str, write: str) -> None:
    assert write in [entry["write"] for entry in found(sentence, language)]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "There is no network called so, and it is no longer here."),
        ("en", "Each channel is filtered with its own kernel; {picture} is read as {answer}."),
        ("en", "Edges stand out."),
        ("zh-Hans", "步幅为 2，大幅减少乘加次数；深度可分离卷积"),
        ("zh-Hans", "最大汇聚（池化）"),
        ("zh-Hant", "區塊、方塊與圖塊的平均值"),
        ("zh-Hant", "局部響應正規化；4 個執行緒"),
    ],
)
def test_a_sentence_of_the_right_words_passes(language: str, sentence: str) -> None:
    assert found(sentence, language) == []
