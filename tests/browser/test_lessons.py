"""Lessons in a real browser: walked to the end by the keyboard alone and by touch, every form of a question once."""

import pytest

from cnnviz.lessons.table import lessons
from cnnviz.text import LANGUAGES
from tests.browser.lesson_walk import Finger, Keyboard, LessonWalk, serious_findings

pytestmark = pytest.mark.browser
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844, "touch": True}
WIDER = "element => element.scrollWidth - element.clientWidth"


def test_a_lesson_is_walked_by_the_keyboard_alone_and_others_by_touch_in_every_form_of_a_question(visit) -> None:
    page = visit("/lessons?lesson=alexnet", **LAPTOP)
    walk = LessonWalk(page, Keyboard(page), lessons()["alexnet"], "en")
    walk.to_the_end(lambda kind: _holds(page) if kind in ("before", "why", "end") else None)
    assert walk.forms == {"number", "choice", "order", "fill"}

    page = visit("/lessons?lesson=convolution&lang=zh-Hans", **PHONE)
    walk = LessonWalk(page, Finger(page), lessons()["convolution"], "zh-Hans")
    walk.to_the_end(lambda kind: _holds(page) if kind in ("why", "end") else None)
    assert "cell" in walk.forms

    curves = lessons()["training-curves"]
    place = next(
        at for at, screen in enumerate(curves.screens, 1) if screen.step and "schedule" in screen.step.item.question
    )
    page = visit(f"/lessons?lesson=training-curves&step={place}&mode=free&lang=zh-Hant", **PHONE)
    walk = LessonWalk(page, Finger(page), curves, "zh-Hant")
    _holds(page)
    walk.screen(place)
    assert walk.forms == {"curve"}
    page.wait_for_function(f"location.search.includes('step={place + 1}')")


def _holds(page) -> None:
    """Axe finds nothing serious, and the page does not scroll sideways."""
    assert not serious_findings(page)
    assert page.locator("[data-testid=stMain]").evaluate(WIDER) <= 1


@pytest.mark.many
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", lessons())
def test_every_lesson_is_walked_to_its_end_in_every_language(visit, name: str, language: str) -> None:
    """English by the keyboard alone, the others by touch at 390 px."""
    english = language == "en"
    page = visit(f"/lessons?lesson={name}&lang={language}", **(LAPTOP if english else PHONE))
    walk = LessonWalk(page, Keyboard(page) if english else Finger(page), lessons()[name], language)
    walk.to_the_end(lambda kind: _holds(page))
