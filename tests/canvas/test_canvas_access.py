"""The canvas by keyboard, by touch, on a phone, and for a screen reader."""

import re

import numpy as np
import pytest
from scenes import maps_of

pytestmark = pytest.mark.browser


def test_the_keyboard_alone_opens_a_map_pins_a_cell_and_goes_back_level_by_level(open_canvas):
    tab = open_canvas("layer")
    tab.image.focus()
    tab.page.keyboard.press("ArrowRight")
    assert tab.wait_state("state.pixel")["pixel"]
    tab.page.keyboard.press("Escape")
    assert tab.wait_state("!state.pixel")["pixel"] is None
    for _ in range(6):
        tab.page.keyboard.press("Tab")
        if tab.stage.evaluate("stage => stage.getRootNode().activeElement === stage"):
            break
    tab.page.keyboard.press("ArrowRight")
    assert tab.wait_state("state.cursor")["cursor"]["channel"] == 1
    tab.page.keyboard.press("Enter")
    tab.wait_state("state.panels[0].level === 'map'")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowRight")
    assert tab.wait_state("state.cursor && state.cursor.x === 28")["cursor"] == {
        "panel": "conv1",
        "channel": 1,
        "y": 28,
        "x": 28,
    }
    tab.page.keyboard.press("PageDown")
    assert tab.wait_state("state.panels[0].channel === 2")["cursor"]["channel"] == 2
    tab.page.keyboard.press("+")
    assert tab.wait_state("state.panels[0].zoom > 1.4")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text("pin Unit(panel='conv1', channel=2, y=28, x=28").wait_for()
    assert tab.text("hint").startswith("Pinned")
    tab.page.keyboard.press("Escape")
    tab.page.get_by_text("pin None").wait_for()
    assert tab.panel()["level"] == "map"
    tab.page.keyboard.press("Escape")
    tab.wait_state("state.panels[0].level === 'grid'")
    assert tab.page.get_by_text("steps 0").is_visible()


def test_arrow_keys_belong_to_the_page_again_outside_the_canvas(open_canvas):
    tab = open_canvas("layer")
    tab.stage.focus()
    tab.page.keyboard.press("ArrowRight")
    tab.settle()
    assert tab.page.get_by_text("steps 0").is_visible()
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("ArrowRight")
    tab.page.get_by_text("steps 1").wait_for()


def test_touch_opens_a_map_then_pins_a_cell_of_at_least_24_pixels(open_canvas):
    tab = open_canvas("layer", width=390, touch=True)
    tab.stage.tap(position={"x": 60, "y": 30})
    opened = tab.wait_state("state.panels[0].level === 'map'")["panels"][0]
    assert opened["cell"] >= 24
    assert "Tap a cell" in tab.text("hint")
    tab.stage.tap(position={"x": 120, "y": 120})
    pin = tab.wait_state("state.pin")["pin"]
    tab.page.get_by_text(f"pin Unit(panel='conv1', channel={pin['channel']}").wait_for()
    tab.page.get_by_role("button", name="Back to all maps").tap()
    tab.wait_state("state.panels[0].level === 'grid'")


@pytest.mark.parametrize("scene", ["layer", "long", "tall", "filters", "two", "matrix"])
def test_nothing_scrolls_sideways_on_a_phone(open_canvas, scene):
    tab = open_canvas(scene, width=390, touch=True)
    for _ in range(2):
        wide = tab.page.evaluate("""() => [document.scrollingElement.scrollWidth,
            ...[...document.querySelectorAll('[data-testid=stMain]')].map(part => part.scrollWidth)]""")
        assert max(wide) <= 390
        tab.stage.tap(position={"x": 60, "y": 30})
        tab.settle()


def test_the_summary_says_shape_range_mean_and_where(open_canvas):
    tab = open_canvas("maps")
    values, label = maps_of("maps", 0), tab.stage.get_attribute("aria-label")
    numbers = [float(part) for part in re.findall(r"-?\d+\.\d+", label.replace("−", "-"))]
    assert numbers == pytest.approx([values.min(), values.max(), values.mean(dtype=np.float64)], abs=1e-6)
    channel, y, x = np.unravel_index(values.argmax(), values.shape)
    assert "64 × 56 × 56" in label
    assert f"channel {channel}, row {y}, column {x}" in label


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_serious_violation(open_canvas, language, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = open_canvas("layer", lang=language, dark=dark)
    tab.stage.hover(position={"x": 60, "y": 30})
    found = axe.Axe().run(
        tab.page, context={"include": [[["[data-testid=stBidiComponentIsolated]", ".cnnviz-canvas"]]]}
    )
    serious = [
        (rule["id"], [node["html"] for node in rule["nodes"]])
        for rule in found.response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []
