"""The overlays in a real browser: one cursor over all maps, scales that say their numbers, a brush."""

import json

import numpy as np
import pytest

pytestmark = pytest.mark.browser


def _state(page) -> dict:
    return json.loads(page.locator(".overlays").get_attribute("data-state"))


def test_maps_share_cursor_scale_and_brush_and_only_a_stroke_reaches_the_server(visit, settled) -> None:
    page = visit("/", script="tests/ui/components/overlays/demo_app.py")
    page.locator(".overlays[data-state]").wait_for()
    stage = page.locator(".overlay .stage")
    box = stage.nth(1).bounding_box()
    stage.nth(1).hover(position={"x": box["width"] * 0.9, "y": box["height"] * 0.3})
    page.wait_for_timeout(100)
    cells = _state(page)["cells"]
    assert (cells["gradient"]["y"], cells["gradient"]["x"]) == (8, 25)
    assert (cells["cam"]["y"], cells["cam"]["x"], cells["cam"]["value"]) == (1, 4, 8)
    assert page.locator(".overlay-value").nth(2).inner_text().startswith("8 (")

    def press(name: str) -> dict:
        page.get_by_role("button", name=name, exact=True).click()
        page.wait_for_timeout(80)
        return _state(page)["scales"]

    shares = press("largest")
    assert shares["gradient"] == shares["cam"]
    assert shares["cam"]["high"] == pytest.approx(max(_largest_shares()), rel=1e-5)
    own = press("each its own")
    assert own["cam"]["high"] == 8
    numbers = press("numbers")
    assert numbers["cam"] == numbers["gradient"] == {"low": -8, "high": 8, "colours": "diverging-light"}
    clipped = press("95%")
    assert clipped["cam"]["high"] == 3  # the two cells beyond, 4 and 8, are 4 % of the pixels of both maps
    assert press("strength only")["cam"] == {"low": 0, "high": 3, "colours": "sequential-light"}
    stage.nth(2).hover(position={"x": box["width"] * 0.5, "y": box["height"] * 0.5})
    page.wait_for_timeout(80)
    assert _state(page)["box"] == {"top": 6, "left": 6, "bottom": 21, "right": 21}
    assert page.get_by_text("strokes []").is_visible()
    page.get_by_role("button", name="white", exact=True).click()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.up()
    page.get_by_text("Stroke(tool='white', size=3, path=((14, 14), (14, 15), (14, 16))").wait_for()
    stage.nth(0).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    page.get_by_role("button", name="Undo").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("tool='undo'").wait_for()
    shown = _state(page)
    assert "display=absolute.numbers.clip95" in page.url
    page.goto(page.url.replace("clip95", "clip95.smooth.strength40.clip7.nonsense"))
    page.locator(".overlays[data-state]").wait_for()
    assert _state(page)["settings"] == shown["settings"] | {"look": "smooth", "strength": 0.4, "tool": "look"}
    assert _state(page)["scales"]["cam"] == shown["scales"]["cam"]


def _largest_shares() -> list[float]:
    """The largest share of each map of the demo, in per cent of its total, for one of the image's 784 pixels."""
    random, grid = np.random.default_rng(0), np.linspace(-1, 1, 28)
    image = np.exp(-4 * (grid[:, None] ** 2 + grid[None, :] ** 2)).astype(np.float32)
    gradient = (random.normal(size=(28, 28)) * image * 0.01).astype(np.float32)
    total = 1 + 2 + 0.5 + 8 + 1 + 3 + 2 + 3 + 4 + 0.25
    return [100 * float(np.abs(gradient).max() / np.abs(gradient).sum()), 100 * 8 / total * 25 / 784]
