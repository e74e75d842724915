"""The diagram in a real browser: it folds, it walks, it chooses, and it stays in its own box."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

pytestmark = pytest.mark.browser


def _item(page: Any, name: str) -> Any:
    return page.locator(f'[role=treeitem][data-id="{name}"]')


@pytest.fixture(scope="module")
def shown(reader: Any, serve: Any, settled: Any, follow: Any) -> Iterator[Callable[..., Any]]:
    """Brings one tab of a kind of reader to a link and waits for a box of its network; another network is untouched."""
    kept: dict[tuple[int, str], Any] = {}

    def open_link(path: str, box: str, width: int = 1280, locale: str = "en-GB") -> Any:
        page = kept.get((width, locale))
        if page is None:
            page = kept[width, locale] = reader(locale=locale, has_touch=False).new_page()
            page.set_viewport_size({"width": width, "height": 900})
            page.set_default_timeout(60_000)
            page.goto(serve() + path)
        else:
            follow(page, path)
        _item(page, box).wait_for()
        settled(page)
        return page

    yield open_link
    for page in kept.values():
        page.close()


def test_the_first_shortcut_is_drawn_untouched(shown: Callable[..., Any]) -> None:
    page = shown("/architectures?net=resnet", "block:stage2")
    assert _item(page, "stage1.block1.add").count() == 1
    assert page.locator(".wire.shortcut").count() == 1


def test_four_branches_stand_side_by_side(shown: Callable[..., Any]) -> None:
    page = shown("/architectures?net=googlenet", "block:inception3a.branch1")
    boxes = [_item(page, f"block:inception3a.branch{number}").bounding_box() for number in range(1, 5)]
    assert len({round(box["y"]) for box in boxes}) == 1
    assert all(one["x"] + one["width"] < other["x"] for one, other in pairwise(boxes))


def test_a_block_unfolds_and_folds_without_a_message_to_the_server(shown: Callable[..., Any]) -> None:
    page = shown("/architectures?net=resnet", "block:stage2")
    page.evaluate(
        "() => { window.sent = 0; const send = WebSocket.prototype.send;"
        " WebSocket.prototype.send = function (...a) { window.sent += 1; return send.apply(this, a); }; }"
    )
    block = _item(page, "block:stage2")
    assert block.get_attribute("aria-expanded") == "false"
    block.click()
    assert _item(page, "block:stage2").get_attribute("aria-expanded") == "true"
    assert _item(page, "block:stage2.block1").count() == 1
    _item(page, "block:stage2").click()
    assert _item(page, "block:stage2.block1").count() == 0
    page.locator(".stage").hover()
    page.wait_for_timeout(300)
    assert page.evaluate("window.sent") == 0


def test_clicking_a_layer_chooses_it_for_the_page_and_the_link(shown: Callable[..., Any], settled: Any) -> None:
    page = shown("/architectures", "pool1")
    _item(page, "pool1").click()
    page.wait_for_url("**layer=pool1*")
    settled(page)
    assert _item(page, "pool1").get_attribute("aria-selected") == "true"


def test_the_keyboard_walks_chooses_and_folds_and_leaves_the_page_where_it_is(shown: Callable[..., Any]) -> None:
    page = shown("/architectures?net=resnet", "block:stage2")
    _item(page, "block:stage2").scroll_into_view_if_needed()
    _item(page, "block:stage2").focus()
    page.keyboard.press("ArrowDown")
    focused = "e => e.getRootNode().activeElement.dataset.id"
    assert page.locator("[role=tree]").evaluate(focused) == "block:stage3"
    page.keyboard.press("Space")
    assert _item(page, "block:stage3").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowRight")
    assert page.locator("[role=tree]").evaluate(focused) == "block:stage3.block1"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.locator("[role=tree]").evaluate(focused) == "stage3.block1.conv1"
    page.keyboard.press("Enter")
    page.wait_for_url("**layer=stage3.block1.conv1*")


def test_hovering_tells_the_layer_in_the_shared_read_out(shown: Callable[..., Any]) -> None:
    page = shown("/architectures", "pool1")
    _item(page, "fc1").hover()
    text = page.locator(".readout").inner_text()
    assert "48,120" in text
    assert "48,000" in text


@pytest.mark.parametrize(
    ("link", "box"), [("net=googlenet", "inception3a"), ("net=densenet&densenet.form=torchvision", "dense_block4")]
)
def test_a_narrow_page_does_not_scroll_sideways(shown: Callable[..., Any], link: str, box: str) -> None:
    page = shown(f"/architectures?{link}", f"block:{box}", width=390, locale="zh-CN")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    inside = page.locator(".stage").evaluate("e => e.getBoundingClientRect().right")
    assert inside <= 390


def test_the_deepest_networks_unfold_within_two_seconds(shown: Callable[..., Any]) -> None:
    page = shown("/architectures?net=densenet&densenet.form=torchvision&densenet.depth=201", "block:dense_block4")
    seconds = page.locator(".tools button").first.evaluate(
        "b => { const t = performance.now(); b.click();"
        " b.getRootNode().querySelector('.canvas').getBoundingClientRect();"
        " return (performance.now() - t) / 1000; }"
    )
    assert page.locator("[role=treeitem]").count() > 700
    assert seconds < 2
