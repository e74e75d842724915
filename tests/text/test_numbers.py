"""Shares as a reader takes them in."""

import re
from pathlib import Path

import pytest

from cnnviz.text import load
from cnnviz.text.numbers import percent

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0%"),
        (1.6e-7, "< 0.01%"),
        (0.00123, "0.123%"),
        (0.5, "50%"),
        (0.9987, "99.9%"),
        (0.99999, "> 99.9%"),
        (1.0, "100%"),
        (2.34, "234%"),
        (12.345, "1,234%"),
    ],
)
def test_a_share_is_said_without_powers_of_ten(share: float, said: str) -> None:
    assert percent(share) == said


def test_no_sentence_table_or_figure_writes_a_share_in_a_way_of_its_own() -> None:
    own = re.compile(r':\.\d%|format="percent"')
    files = [path for kind in ("py", "toml", "js") for path in (ROOT / "cnnviz").rglob(f"*.{kind}")]
    assert len(files) > 300
    assert [path for path in files if own.search(path.read_text(encoding="utf-8"))] == []


def test_no_space_follows_a_chinese_mark_that_was_filled_in() -> None:
    said = load("pages/mistakes", "zh-Hans")("image.wrong", number=11, set="手写数字（8×8）", true="3", given="8")
    assert "） " not in said
    assert "测试图像 11（手写数字（8×8））" in said


def test_no_space_stands_between_two_chinese_words_where_one_was_filled_in() -> None:
    t = load("pages/saliency", "zh-Hans")
    assert "真实类别是圆形" in t("answer.right", label="圆形")
    assert "真实类别是 3" in t("answer.right", label="3")
