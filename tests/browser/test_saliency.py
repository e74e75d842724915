"""The saliency lab in a real browser: reading costs no run of the script, a stroke changes picture and answer."""

import json

import pytest

from cnnviz.text import load

pytestmark = pytest.mark.browser
T = load("pages/saliency")


def _state(page) -> dict:
    return json.loads(page.locator(".overlays").first.get_attribute("data-state"))


def test_reading_is_free_and_a_stroke_is_answered(visit, settled) -> None:
    page = visit("/saliency?weights=lenet-digits&image=digits&n=7&method=gradient,grad-cam")
    page.locator(".overlays[data-state]").first.wait_for()
    assert _state(page)["names"] == ["image", "map-0", "map-1"]
    page.locator(".overlay-room .stage").nth(1).wait_for()
    stage = page.locator(".overlays .overlay .stage, .overlay-room .overlay .stage")  # the large map, image, other map
    url = page.url
    stage.nth(2).hover(position={"x": 60, "y": 60})
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    cells = _state(page)["cells"]
    assert cells["map-0"] is not None
    assert cells["map-1"]["value"] is not None
    page.get_by_text(load("overlays")("folded"), exact=True).click()
    page.get_by_role("button", name=load("overlays")("look.smooth")).first.click()
    page.get_by_role("button", name=load("overlays")("sign.absolute")).first.click()
    page.wait_for_function("location.search.endsWith('display=absolute.smooth')")
    assert page.url.replace("%2C", ",").startswith(url)
    page.get_by_role("button", name=T("brush.erase"), exact=True).first.click()
    page.get_by_role("button", name="9", exact=True).first.click()
    stage.nth(0).scroll_into_view_if_needed()
    box = stage.nth(0).bounding_box()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    page.wait_for_function("location.search.includes('paint=erase.9')")
    settled(page)
    page.get_by_text(T("answer.before", one="|", now="|").split("|")[0]).wait_for()
    assert _state(page)["settings"]["look"] == "smooth"  # the display stays as the reader has it
    assert "display=absolute.smooth" in page.url
    page.get_by_role("button", name="more questions").click()
    page.get_by_role("button", name=T("question.shortcut.title")).click()
    page.wait_for_function("location.search.includes('digits-tagged')")
    settled(page)
    page.get_by_role("heading", level=1, name=T("question.shortcut.title")).wait_for()
    page.get_by_text(T("question.shortcut.look")).first.wait_for()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_question_the_sentence_and_the_whole_map_are_on_the_first_screen(
    same_tab, settled, width: int, height: int
) -> None:
    page = same_tab("/saliency", width, height)
    page.locator(".overlays[data-state]").wait_for()
    settled(page)
    page.wait_for_timeout(300)
    sentence, stage = page.locator(".map-sentence").bounding_box(), page.locator(".overlays .stage").bounding_box()
    assert page.get_by_role("heading", level=1).bounding_box()["y"] < sentence["y"] < stage["y"]
    assert stage["y"] + stage["height"] <= height
    assert stage["width"] >= 250
    colours = page.locator(".map-sentence span").evaluate_all("them => them.map(one => getComputedStyle(one).color)")
    assert len(set(colours)) == len(colours) == 2
