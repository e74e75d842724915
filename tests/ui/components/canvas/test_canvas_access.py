"""The canvas by keyboard, by touch, on a phone, and for a screen reader."""

import re

import numpy as np
import pytest
from scenes import maps_of

from tests.browser.accessibility import serious_findings

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
    tab.wait_state("state.cursor?.channel === 1")  # focus alone has set it on the first map
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
    tab.page.get_by_role("button", name="Back to all feature maps").tap()
    tab.wait_state("state.panels[0].level === 'grid'")


def test_an_image_without_feature_maps_promises_none(open_canvas):
    assert open_canvas("image").text("hint") == "Point at a pixel to read its value."


def test_two_fingers_enlarge_an_open_map_around_them_and_bring_it_back(open_canvas):
    tab = open_canvas("layer", width=390, touch=True)
    tab.stage.tap(position={"x": 60, "y": 30})
    tab.wait_state("state.panels[0].level === 'map'")
    tab.stage.evaluate("stage => stage.scrollIntoView({block: 'center'})")
    tab.settle()
    box = tab.stage.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    hand = tab.page.context.new_cdp_session(tab.page)

    def pinch(*gaps):
        for kind, gap in zip(["touchStart", *["touchMove"] * (len(gaps) - 1)], gaps, strict=True):
            points = [{"x": middle[0] + side * gap, "y": middle[1], "id": number} for number, side in ((0, -1), (1, 1))]
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    opened = tab.panel()["zoom"]
    pinch(40, 50, 60)
    assert tab.wait_state(f"state.panels[0].zoom > {1.2 * opened}")["pin"] is None
    assert tab.panel()["zoom"] == pytest.approx(1.5 * opened, rel=0.1)
    pinch(80, 60, 40, 20, 8)
    pinch(80, 60, 40, 20, 8)
    assert tab.wait_state("state.panels[0].zoom === 1")["panels"][0]["level"] == "map"
    assert tab.errors == []


def test_nothing_moves_by_itself_on_the_canvas_so_less_motion_asks_nothing_of_it(open_canvas):
    tab = open_canvas("layer")
    tab.page.emulate_media(reduced_motion="reduce")
    tab.stage.click(position={"x": 60, "y": 30})
    tab.wait_state("state.panels[0].level === 'map'")
    moving = """() => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')]
        .flatMap(host => [...(host.shadowRoot?.querySelectorAll('.cnnviz-canvas, .cnnviz-canvas *') ?? [])])
        .filter(part => part.getAnimations().length || parseFloat(getComputedStyle(part).transitionDuration) > 0)
        .length"""
    assert tab.page.evaluate(moving) == 0


def test_nothing_scrolls_sideways_on_a_phone(open_canvas):
    tab = open_canvas("layer", width=390, touch=True)
    for scene in ("layer", "long", "tall", "filters", "two", "matrix"):
        tab.pick("Scene", scene)
        for _ in range(2):
            wide = tab.page.evaluate("""() => [document.scrollingElement.scrollWidth,
                ...[...document.querySelectorAll('[data-testid=stMain]')].map(part => part.scrollWidth)]""")
            assert max(wide) <= 390, scene
            tab.stage.tap(position={"x": 60, "y": 30})
            tab.settle()


def test_the_summary_says_shape_range_mean_and_where(open_canvas):
    tab = open_canvas("maps")
    values, label = maps_of("maps", 0), tab.stage.get_attribute("aria-label")
    numbers = [float(part) for part in re.findall(r"-?\d+\.\d+", label.replace("−", "-"))]
    assert numbers == pytest.approx([values.min(), values.max(), values.mean(dtype=np.float64)], abs=1e-6)
    channel, y, x = np.unravel_index(values.argmax(), values.shape)
    assert "64×56×56" in label
    assert f"channel {channel}, row {y}, column {x}" in label


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh-Hant", True)])
def test_axe_finds_no_serious_violation(open_canvas, language, dark):
    tab = open_canvas("layer", lang=language, dark=dark)
    tab.stage.hover(position={"x": 60, "y": 30})
    assert not serious_findings(tab.page, None, include=[[["[data-testid=stBidiComponentIsolated]", ".cnnviz-canvas"]]])
