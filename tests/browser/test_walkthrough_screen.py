"""The Walkthrough on one screen: strip, image, maps and words stand above the fold, and a tile leads to its layer."""

from urllib.parse import urlencode

import pytest

from cnnviz.facts import load_facts
from cnnviz.text import load

pytestmark = pytest.mark.browser
TILE = ".cnnviz-film-strip .tile[data-name='{}'] .link"


def _top(page, selector: str) -> float:
    return page.locator(selector).first.evaluate("element => element.getBoundingClientRect().top")


def test_strip_image_maps_and_words_stand_on_one_screen(same_tab, settled) -> None:
    page = same_tab("/walkthrough?net=lenet&layer=conv2", 1366, 768)
    page.locator(TILE.format("conv2") + " canvas:not([hidden])").wait_for()
    page.locator(".cnnviz-canvas .stage canvas").nth(1).wait_for()
    settled(page)
    assert _top(page, ".cnnviz-film-strip") < 260
    for stage in page.locator(".cnnviz-canvas .stage").all()[:2]:
        assert stage.evaluate("element => element.getBoundingClientRect().top") < 480
    page.get_by_role("heading", level=3, name="conv2 · Convolution").wait_for()
    formula = page.locator(".st-key-words [data-testid=stCode]")
    assert formula.evaluate("element => element.getBoundingClientRect().bottom") <= 768
    strip, shown = page.locator(".cnnviz-film-strip .tiles"), page.locator(TILE.format("conv2"))
    assert shown.get_attribute("aria-current") == "step"
    box, around = shown.bounding_box(), strip.bounding_box()
    assert around["x"] <= box["x"]
    assert box["x"] + box["width"] <= around["x"] + around["width"]


def test_a_drawing_that_comes_by_a_link_leaves_the_screen_to_the_pictures(same_tab, settled) -> None:
    drawing = {"net": "lenet", "image": "drawn", "strokes": load_facts().recorded.drawing}
    page = same_tab("/walkthrough?" + urlencode(drawing), 1366, 768)
    page.wait_for_function("location.search.includes('image=drawn')")
    page.locator(".cnnviz-canvas .stage canvas").first.wait_for()
    settled(page)
    assert _top(page, ".cnnviz-canvas .stage") < 520
    page.get_by_text(load("picture", "en")("drawn.title")).last.click()  # the pad is one click away
    page.locator(".cnnviz-pad .sheet").wait_for()


def test_a_tile_shows_its_layer_and_a_closed_block_opens(same_tab, settled) -> None:
    page = same_tab("/walkthrough?net=vgg&image=digits&layer=block1.conv1")
    tile = page.locator(TILE.format("block2.conv1"))
    assert page.locator(".cnnviz-film-strip .tile[data-name='block2.conv1']").get_attribute("data-closed") == "true"
    tile.click()
    page.wait_for_function("location.search.includes('layer=block2.conv1')")
    settled(page)
    page.locator(".cnnviz-film-strip .tile[data-name='block2.conv1'][data-closed='false']").wait_for()
    page.locator(".cnnviz-film-strip .tile[data-name='block1.conv1'][data-closed='true']").wait_for()
