"""The handout of a lesson: one file that needs nothing else, the key apart from the questions, in every language."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from cnnviz.lessons.lesson import Lesson
from cnnviz.lessons.paper.handout import to_html
from cnnviz.lessons.questions import generate
from cnnviz.lessons.screen_item import item_of, item_seed, traced_item
from cnnviz.lessons.table import lessons
from cnnviz.text import LANGUAGES

VOID = {"meta", "img", "br", "path", "polyline", "circle"}


class Tags(HTMLParser):
    """Refuses a tag that is closed by another one or not at all."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def questions(lesson: Lesson, seed: int = 0) -> list[tuple[str, str]]:
    """The English question of each screen, and how its right value comes about."""
    found = []
    for place, screen in enumerate(lesson.screens, 1):
        if screen.kind in ("before", "step", "after"):
            item = item_of(lesson, screen)
            question = generate(item.question, traced_item(item), item_seed(lesson, place, seed))
            found.append((question.asks.describe("en"), question.because.describe("en")))
    return found


@pytest.mark.parametrize("name", lessons())
def test_a_handout_is_one_file_with_every_question_and_its_key_on_its_own_page(name: str) -> None:
    lesson = lessons()[name]
    page = to_html(lesson, "en")
    Tags(page)
    assert not re.search(r'(src|href)="(?!data:image/png;base64,)', page)
    assert "<script" not in page
    asked, key = unescape(page).split('<div class="key">')
    worked = [screen.step is not None and screen.step.support == "worked" for screen in lesson.screens]
    for place, (question, because) in enumerate(questions(lesson)):
        assert question in asked
        assert because in key
        assert (because in asked) is worked[place], question
    assert lesson.why is not None
    assert lesson.why[0]["en"] in asked
    assert lesson.why[1]["en"] in key
    assert all(sentence["en"] in key for sentence in lesson.closing)


def test_the_key_begins_a_page_of_its_own_and_the_page_is_a4() -> None:
    page = to_html(lessons()["padding"], "en")
    assert "@page { size: A4;" in page
    assert re.search(r"\.key, \.sheet \{ break-before: page; \}", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_handout_speaks_one_language(language: str) -> None:
    lesson = lessons()["channels"]
    page = unescape(to_html(lesson, language))
    assert f'<html lang="{language}">' in page
    assert all(step.look[language] in page for step in lesson.steps)
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_another_item_has_other_numbers() -> None:
    lesson = lessons()["padding"]
    first, other = (unescape(to_html(lesson, "en", seed)) for seed in (0, 1))
    assert all(question in first for question, _ in questions(lesson))
    assert not all(question in other for question, _ in questions(lesson))
