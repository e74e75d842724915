"""Lesson files: a broken one is refused with its name and the line, and the example of CONTRIBUTING is a lesson."""

import re
from pathlib import Path

import pytest

from cnnviz.lessons.lesson_file import LessonFileError, read_lesson

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def example() -> list[str]:
    """The lesson that CONTRIBUTING shows."""
    found = re.search(r"```toml\n(place = .*?)```", CONTRIBUTING.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1].splitlines()


def write(folder: Path, lines: list[str]) -> Path:
    path = folder / "brief.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_contributing_shows_a_lesson_of_three_steps_in_fifteen_lines(tmp_path: Path) -> None:
    lines = example()
    assert len(lines) == 15
    lesson = read_lesson(write(tmp_path, lines))
    assert [step.support for step in lesson.steps] == ["worked", "half", "alone"]
    assert [screen.kind for screen in lesson.screens] == ["before", "step", "step", "step", "after", "end"]
    assert lesson.name == "brief"
    assert lesson.steps[2].item.layer == "conv3"


@pytest.mark.parametrize(
    ("line", "text", "said"),
    [
        (1, 'place = "first"', "place is a number"),
        (2, 'title = { en = "Padding" }', "zh-Hans"),
        (2, 'title = { en = "Padding", zh-Hans = " ", zh-Hant = "填充" }', "nothing is said in zh-Hans"),
        (3, 'transfer = { question = "nonsense", network = "lenet" }', "no question is called 'nonsense'"),
        (3, 'transfer = { question = "output-side" }', "'network' is missing"),
        (4, "closing = []", "at least one entry"),
        (6, 'ask = { question = "output-side", network = "lenet", layers = "conv1" }', "no key 'layers'"),
        (7, 'support = "much"', "support is one of alone, half, worked"),
        (11, 'supports = "half"', "no key 'supports'"),
        (12, 'look = "Padding 2."', "a sentence stands in"),
        (14, 'ask = { question = "output-side", network = 3 }', "network is a text"),
        (15, 'picture = "maps"', "'look' is missing"),
        (15, "look = { en = ", "Invalid value"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(tmp_path: Path, line: int, text: str, said: str) -> None:
    lines = example()
    lines[line - 1] = text
    with pytest.raises(LessonFileError) as refused:
        read_lesson(write(tmp_path, lines))
    at = 13 if "'look' is missing" in said else line  # what is missing has no line but that of its step
    assert str(refused.value).startswith(f"brief.toml:{at}: ")
    assert said in str(refused.value)
