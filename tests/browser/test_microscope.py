"""The path of a student in a real browser: open, read a multiply-add, follow it back to the image."""

import json
from collections.abc import Callable

import pytest

pytestmark = pytest.mark.browser

SCOPE = ".cnnviz-microscope"


def _canvas(page) -> dict:
    return json.loads(page.locator(".cnnviz-canvas").first.get_attribute("data-state"))


def _layer(page) -> str:
    return page.locator(SCOPE).first.get_attribute("data-row")


def _wait_row(page, row: str) -> None:
    page.wait_for_function(
        """row => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
            .some(host => host.shadowRoot?.querySelector('.cnnviz-microscope')?.dataset.row === row)""",
        arg=row,
    )


def _number(text: str) -> float:
    return float(text.replace("\u2212", "-"))


@pytest.fixture(scope="module")
def walked(same_tab, settled) -> Callable[[str, str], object]:
    """Brings one tab to a link and waits for the row it shows; each begins where the one before was not."""

    def open_link(path: str, row: str) -> object:
        page = same_tab(path)
        _wait_row(page, row)
        settled(page)
        return page

    return open_link


def test_the_page_shows_a_multiply_add_untouched_and_its_numbers_add_up(walked) -> None:
    page = walked("/walkthrough", "conv1")
    scope = page.locator(SCOPE).first
    scope.locator(".total td").wait_for()
    parts = [_number(text) for text in scope.locator("tr:not(.total) td.number").all_inner_texts()]
    total = _number(scope.locator(".total td").inner_text())
    assert len(parts) == 2
    assert sum(parts) == pytest.approx(total, abs=2e-9)
    assert total == pytest.approx(float(scope.get_attribute("data-total")), abs=1e-8)
    assert scope.locator(".grid-values .cell").count() == 25


def test_a_link_shows_the_same_multiply_add(walked) -> None:
    page = walked("/walkthrough?layer=conv2&unit=3%2C5%2C7", "conv2")
    assert page.locator(SCOPE).first.get_attribute("data-index") == "3,5,7"
    page.locator(".cnnviz-canvas[data-state*='\"pin\":{']").first.wait_for()
    pin = _canvas(page)["pin"]
    assert (pin["panel"], pin["channel"], pin["y"], pin["x"]) == ("conv2", 3, 5, 7)


def test_clicking_a_cell_follows_it_back_to_the_image_and_back_one_returns(walked, settled) -> None:
    page = walked("/walkthrough?layer=sigmoid1&unit=2%2C6%2C8", "sigmoid1")
    page.locator(f"{SCOPE} .go").first.click()
    _wait_row(page, "conv1")
    settled(page)
    assert page.locator(SCOPE).first.get_attribute("data-index") == "2,6,8"
    assert "layer=" not in page.url  # the first layer is the default
    assert "unit=2%2C6%2C8" in page.url or "unit=2,6,8" in page.url
    page.locator(f"{SCOPE} button.cell").first.click()
    _wait_row(page, "input")
    assert page.locator(f"{SCOPE} .crumb").count() == 2
    page.locator(f"{SCOPE} .back").click()
    _wait_row(page, "conv1")
    page.locator(f"{SCOPE} .back").click()
    _wait_row(page, "sigmoid1")


def test_keys_pin_a_value_on_the_canvas_and_follow_it_in_the_microscope(walked, settled) -> None:
    page = walked("/walkthrough?layer=conv2&unit=0%2C0%2C0", "conv2")
    stage = page.locator(".panel:not(.panel-image) .stage").first
    stage.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # opens the map
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # pins
    page.wait_for_function("() => !/unit=0(%2C|,)0(%2C|,)0(&|$)/.test(location.search)")
    settled(page)
    assert _layer(page) == "conv2"
    pin = _canvas(page)["pin"]
    expected = ",".join(str(pin[axis]) for axis in ("channel", "y", "x"))
    assert page.locator(SCOPE).first.get_attribute("data-index") == expected
    page.locator(f"{SCOPE} button.cell[tabindex='0']").first.focus()
    page.keyboard.press("ArrowLeft")
    assert _layer(page) == "conv2"
    page.keyboard.press("Enter")
    _wait_row(page, "pool1")


def test_arrows_step_the_layers_outside_the_canvas_only(walked, settled) -> None:
    page = walked("/walkthrough", "conv1")
    page.locator(".panel:not(.panel-image) .stage").first.focus()
    page.keyboard.press("ArrowRight")
    settled(page)
    assert _layer(page) == "conv1"
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    _wait_row(page, "sigmoid1")


def test_no_view_scrolls_the_page_sideways_on_a_phone(visit, settled) -> None:
    page = visit("/walkthrough?layer=conv2", width=390, touch=True)
    _wait_row(page, "conv2")
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 390
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth - main.clientWidth") <= 0
    sizes = page.locator(f"{SCOPE} button.cell").evaluate_all(
        "cells => cells.map(cell => [cell.offsetWidth, cell.offsetHeight])"
    )
    assert sizes
    assert min(min(size) for size in sizes) >= 24


def test_the_walk_ends_with_softmax_and_begins_again_with_the_next_image(walked) -> None:
    page = walked("/walkthrough?layer=fc3&n=4", "fc3")
    page.get_by_role("button", name="Next").click()
    _wait_row(page, "softmax")
    assert page.get_by_role("button", name="Next").is_disabled()
    page.get_by_role("button", name="Again with another image").click()
    _wait_row(page, "conv1")
    page.wait_for_function("() => new URLSearchParams(location.search).get('n') === '5'")


def test_chinese_readers_get_chinese(walked) -> None:
    page = walked("/walkthrough?layer=conv1&lang=zh-Hans", "conv1")
    page.locator(f"{SCOPE} .title", has_text="通道").first.wait_for()
