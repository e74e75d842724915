"""Lessons in a real browser: walked to the end by the keyboard alone and by touch, every form of a question once."""

import pytest

from cnnviz.lessons.questions import generate
from cnnviz.lessons.screen_item import item_of, item_seed, traced_item
from cnnviz.lessons.table import lessons
from cnnviz.text import LANGUAGES
from tests.browser.accessibility import serious_findings
from tests.browser.lesson_walk import Finger, Keyboard, LessonWalk

pytestmark = pytest.mark.browser
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844, "touch": True}
STREAMLIT_MENU = "[data-testid=stSidebar]"
"""It is no list on a phone."""
MOST = 0.8
"""Of a map, that a reader sees at once."""
FOCUS_INSIDE = "key => document.activeElement.closest(`.st-key-${key}`) !== null"
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


def test_the_map_of_a_question_to_click_is_in_view_below_the_question_and_above_its_form_on_a_phone(visit) -> None:
    page = visit("/lessons?lesson=convolution&step=4", **PHONE)
    page.locator(".cnnviz-canvas .stage").first.wait_for()
    page.wait_for_timeout(500)
    places = [".st-key-convolution-4-0-question h2", ".cnnviz-canvas .stage", ".st-key-convolution-4-0-sure-1 button"]
    heading, stage, button = (page.locator(selector).first.bounding_box() for selector in places)
    assert heading["y"] + heading["height"] <= stage["y"]
    assert stage["y"] + stage["height"] <= button["y"]
    assert stage["y"] + MOST * stage["height"] <= PHONE["height"]


def test_the_focus_goes_from_a_question_to_its_feedback_and_to_the_next_question_and_the_feedback_is_said(
    visit,
) -> None:
    lesson = lessons()["convolution"]
    page = visit("/lessons?lesson=convolution&step=3", **PHONE)
    assert page.evaluate("document.activeElement === document.body")
    walk = LessonWalk(page, Finger(page), lesson, "en")
    item = item_of(lesson, lesson.screens[2])
    question = generate(item.question, traced_item(item), item_seed(lesson, 3, 0))
    walk.predict(".st-key-convolution-3-0", question)
    page.wait_for_function(FOCUS_INSIDE, arg="convolution-3-0-verdict")
    explanation = question.because.describe("en")
    page.wait_for_function(
        "said => [...document.querySelectorAll('[aria-live]')].some((one) => one.textContent.includes(said))",
        arg=explanation,
    )
    walk.hand.choose(".st-key-convolution-3-0-saw", 0)
    walk.hand.press(".st-key-convolution-3-0-seen button")
    page.wait_for_function(FOCUS_INSIDE, arg="convolution-3-0-observed")
    walk.hand.press(".st-key-convolution-3-0-next button")
    page.wait_for_function(FOCUS_INSIDE, arg="convolution-4-0-question")
    assert page.evaluate("document.activeElement.localName") == "h2"
    assert page.evaluate("getComputedStyle(document.activeElement).fontWeight") == "600"
    height = PHONE["height"]
    heading = page.locator(".st-key-convolution-4-0-question h2").bounding_box()
    assert 60 <= heading["y"] < height / 2


def _holds(page) -> None:
    """Axe finds nothing serious, and the page does not scroll sideways."""
    assert not serious_findings(page, exclude=[[STREAMLIT_MENU]])
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
