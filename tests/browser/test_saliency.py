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
    stage = page.locator(".overlay .stage")
    url = page.url
    stage.nth(2).hover(position={"x": 60, "y": 60})
    page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
    cells = _state(page)["cells"]
    assert cells["map-0"] is not None
    assert cells["map-1"]["value"] is not None
    page.get_by_role("button", name=load("overlays")("look.smooth")).first.click()
    page.get_by_role("button", name=load("overlays")("sign.absolute")).first.click()
    page.wait_for_function("location.search.endsWith('display=absolute.smooth')")
    assert page.url.replace("%2C", ",").startswith(url)
    page.get_by_role("button", name=T("brush.erase"), exact=True).first.click()
    page.get_by_role("button", name="9", exact=True).first.click()
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
    page.get_by_role("button", name=T("question.shortcut.title")).click()
    page.wait_for_function("location.search.includes('digits-tagged')")
    settled(page)
    told = page.get_by_test_id("stAlert").filter(has_text=T("question.shortcut.look")).bounding_box()
    assert 0 < told["y"] < 200  # from the foot of the page to the answer
