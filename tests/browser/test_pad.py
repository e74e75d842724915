"""Drawing on the first page in a real browser: by mouse and by keys, and on to the walkthrough with that drawing."""

from urllib.parse import parse_qs, urlsplit

import pytest

from cnnviz.data.pen_drawing import EXAMPLE_DIGITS, PenDrawing
from cnnviz.text import load
from cnnviz.ui.pages.home.page import _answer

pytestmark = pytest.mark.browser

SEVEN = ((0.25, 0.2), (0.5, 0.2), (0.75, 0.2), (0.65, 0.4), (0.55, 0.6), (0.47, 0.85))
"""Corners of a stroke, in shares of the pad's side."""


def strokes(page) -> str:
    return parse_qs(urlsplit(page.url).query).get("strokes", [""])[0]


def headline(text: str) -> str:
    answer = _answer(text, load("pages/home"))[1]
    assert answer is not None
    return answer.headline


def test_a_digit_drawn_with_the_mouse_is_read_and_opens_in_the_walkthrough(same_tab, settled) -> None:
    page = same_tab("/")
    assert page.locator(".headline").inner_text().startswith("Prediction: 4 (")
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Draw a digit from 0 to 9.").wait_for()
    box = page.locator(".sheet").bounding_box()
    for index, (x, y) in enumerate(SEVEN):
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=4)
        if index == 0:
            page.mouse.down()
    page.mouse.up()
    page.wait_for_function("location.search.includes('strokes=')")
    settled(page)
    drawn = strokes(page)
    assert len(PenDrawing.parse(drawn).strokes) == 1
    page.get_by_text(headline(drawn), exact=True).first.wait_for()
    assert headline(drawn).startswith("Prediction: 7 (")

    page.get_by_role("link", name="conv2: 16 feature maps").click()
    page.wait_for_url("**/walkthrough?**")
    settled(page)
    assert strokes(page) == drawn
    assert "layer=conv2" in page.url
    said = headline(drawn).split("(")[1].rstrip(")")
    page.get_by_text(said).first.wait_for()


def test_a_line_is_drawn_by_keys_and_taken_back(same_tab, settled) -> None:
    page = same_tab("/")
    page.get_by_role("button", name="Clear").click()
    page.get_by_text("Draw a digit from 0 to 9.").wait_for()
    page.locator(".sheet").focus()
    for key in ("ArrowUp", "ArrowUp", "Space", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.wait_for_function("location.search.includes('strokes=')")
    settled(page)
    assert PenDrawing.parse(strokes(page)).strokes == (((32, 26), (32, 29), (32, 32), (32, 35), (32, 38)),)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Draw a digit from 0 to 9.").wait_for()


def test_a_link_opens_with_its_drawing_and_back_leads_to_the_drawing_before(same_tab, settled) -> None:
    page = same_tab(f"/?strokes={EXAMPLE_DIGITS[2].format()}&lang=en")
    page.get_by_text(headline(EXAMPLE_DIGITS[2].format()), exact=True).first.wait_for()
    page.get_by_role("button", name="Take a drawn 5").click()
    page.get_by_text(headline(EXAMPLE_DIGITS[5].format()), exact=True).first.wait_for()
    settled(page)
    assert strokes(page) == EXAMPLE_DIGITS[5].format()
    page.go_back()
    page.get_by_text(headline(EXAMPLE_DIGITS[2].format()), exact=True).first.wait_for()
