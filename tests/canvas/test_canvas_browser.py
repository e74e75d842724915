"""The canvas in a real browser: what is drawn, what is said, what the server hears."""

import csv
import io
import random
import re
from pathlib import Path

import numpy as np
import pytest
from scenes import FIELD, panels_of

pytestmark = pytest.mark.browser

COLOUR_AT = """([left, top]) => {
    for (const host of document.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
        const panel = host.shadowRoot?.querySelector('.panel:not(.panel-image)');
        if (!panel) continue;
        const base = panel.querySelector('canvas.base'), bar = panel.querySelector('.legend-bar');
        const ratio = base.width / base.clientWidth;
        const drawn = base.getContext('2d').getImageData(Math.floor(left * ratio), Math.floor(top * ratio), 1, 1).data;
        const legend = bar.getContext('2d').getImageData(0, 0, bar.width, 1).data;
        return [[...drawn].slice(0, 3), Array.from({length: bar.width}, (_, i) => [...legend.slice(4 * i, 4 * i + 3)])];
    } }"""


def maps_of(scene: str, seed: int, index: int = -1) -> np.ndarray:
    return np.float32(panels_of(scene, seed)[index].tensor)


def test_hovering_a_large_layer_sends_the_server_nothing_and_reads_its_exact_values(open_canvas):
    tab = open_canvas("layer")
    values, before = maps_of("layer", 0), len(tab.sent)
    for place in range(40):
        tab.stage.hover(position={"x": 40 + 9 * place, "y": 20 + 8 * place})
        tab.page.wait_for_timeout(30)
        cursor = tab.state["cursor"]
        if cursor:
            shown = float(tab.text("readout-value").replace("−", "-"))
            assert np.float32(shown) == values[cursor["channel"], cursor["y"], cursor["x"]]
            box = FIELD.box(cursor["y"], cursor["x"])
            assert tab.state["box"] == {"top": box.top, "left": box.left, "bottom": box.bottom, "right": box.right}
    assert len(tab.sent) == before
    assert tab.page.evaluate("performance.getEntriesByName('cnnviz-hover').length") > 20
    assert tab.errors == []


def test_a_pinned_unit_reaches_python_and_its_tensor_is_not_sent_again(open_canvas):
    tab = open_canvas("layer")
    assert sum(tab.received) > maps_of("layer", 0).nbytes
    tab.stage.click(position={"x": 60, "y": 30})
    assert tab.wait_state("state.panels[0].level === 'map'")["pin"] is None
    tab.received.clear()
    tab.stage.click(position={"x": 200, "y": 200})
    pin = tab.wait_state("state.pin")["pin"]
    tab.settle()
    assert tab.page.get_by_text(f"pin Unit(panel='conv1', channel={pin['channel']}, y={pin['y']}, x={pin['x']}").is_visible()
    heat = 224 * 224 * 4
    assert heat < sum(tab.received) < heat + 200_000
    assert tab.page.locator(".heat").is_visible()


def test_a_rerun_keeps_what_the_reader_has_opened(open_canvas):
    tab = open_canvas("layer")
    tab.stage.click(position={"x": 60, "y": 30})
    tab.page.get_by_role("button", name="Larger").click()
    tab.mode("block")
    before = tab.state
    tab.received.clear()
    tab.page.get_by_role("button", name="again").click()
    tab.settle()
    assert tab.state == before
    assert sum(tab.received) < 100_000
    tab.pick("Seed", 1)
    after = tab.wait_state(f"state.panels[0].tensor !== '{before['panels'][0]['tensor']}'")
    assert [after["panels"][0][name] for name in ("level", "channel", "zoom")] == [
        before["panels"][0][name] for name in ("level", "channel", "zoom")]
    assert after["mode"] == "block"


def expected_legends(scene: str, seed: int, state: dict) -> list[tuple[float, float]]:
    panels = [panel for panel in panels_of(scene, seed) if hasattr(panel, "tensor")]
    tensors = [np.float32(panel.tensor) for panel in panels]
    signed = [tensor.min() < 0 for tensor in tensors]
    legends = []
    for panel, tensor, own, drawn in zip(panels, tensors, signed, state["panels"], strict=True):
        parts = [tensor]
        if state["mode"] == "map" and tensor.ndim == 3 and tensor[0].size > 1:
            parts = [tensor[drawn["channel"] if drawn["level"] == "map" else 0]]
        elif state["mode"] == "view":
            parts = tensors
        elif state["mode"] == "block":
            parts = [tensor, np.array(panel.block_range)]
        elif state["mode"] == "network":
            parts = [tensor, np.array(panel.global_range)]
        low, high = float(min(part.min() for part in parts)), float(max(part.max() for part in parts))
        reach = max(abs(low), abs(high))
        symmetric = any(signed) if state["mode"] == "view" else own
        legends.append((-reach, reach) if symmetric else (low, high))
    return legends


def test_the_legend_is_true_after_any_sequence_of_layers_images_and_ranges(open_canvas):
    tab = open_canvas("layer")
    choice = random.Random(7)
    scene, seed = "layer", 0
    for _ in range(14):
        move = choice.choice(["scene", "seed", "mode", "mode"])
        if move == "scene":
            scene = choice.choice(["layer", "small", "two", "wide", "vector", "constant"])
            tab.pick("Scene", scene)
        elif move == "seed":
            seed = choice.randrange(4)
            tab.pick("Seed", seed)
        elif len(tab.state["modes"]) > 1:
            tab.mode(choice.choice(tab.state["modes"]))
        tab.page.wait_for_timeout(250)
        state = tab.state
        drawn = [(panel["legend"]["low"], panel["legend"]["high"]) for panel in state["panels"]]
        assert drawn == pytest.approx(expected_legends(scene, seed, state)), (scene, seed, state["mode"])
    assert tab.errors == []


@pytest.mark.parametrize(("scene", "dark"), [("small", False), ("small", True), ("odd", False)])
def test_a_cell_has_the_colour_that_the_legend_gives_its_value(open_canvas, scene, dark):
    tab = open_canvas(scene, dark=dark)
    values = maps_of(scene, 0)
    low, high = (tab.panel()["legend"][name] for name in ("low", "high"))
    checked = 0
    for place in range(20):
        left, top = 38 + 11 * place, 6 + 5 * place
        tab.stage.hover(position={"x": left, "y": top})
        tab.page.wait_for_timeout(30)
        cursor = tab.state["cursor"]
        if not cursor or not np.isfinite(value := values[cursor["channel"], cursor["y"], cursor["x"]]):
            continue
        drawn, legend = tab.page.evaluate(COLOUR_AT, [left, top])
        at = round((value - low) / (high - low) * (len(legend) - 1))
        near = legend[max(0, at - 1):at + 2]
        assert min(max(abs(a - b) for a, b in zip(drawn, colour, strict=True)) for colour in near) <= 4
        checked += 1
    assert checked >= 5


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
        "panel": "conv1", "channel": 1, "y": 28, "x": 28}
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


def test_a_pixel_of_the_image_marks_every_unit_that_can_see_it(open_canvas):
    tab = open_canvas("layer")
    for place in range(8):
        tab.image.hover(position={"x": 15 + 41 * place, "y": 330 - 40 * place})
        tab.page.wait_for_timeout(40)
        pixel = tab.state["pixel"]
        boxes = [FIELD.box(y, x) for y in range(56) for x in range(56)]
        reached = sum(box.top <= pixel["y"] <= box.bottom and box.left <= pixel["x"] <= box.right for box in boxes)
        assert f" {reached} of 3136 units" in tab.text("readout-second")


def test_values_that_are_no_numbers_are_said(open_canvas):
    tab = open_canvas("odd")
    count = int((~np.isfinite(maps_of("odd", 0))).sum())
    assert str(count) in tab.text("legend-odd")
    assert str(count) in tab.stage.get_attribute("aria-label")
    tab.stage.focus()
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Home")
    for _ in range(3):
        tab.page.keyboard.press("ArrowUp")
    for _ in range(3):
        tab.page.keyboard.press("ArrowRight")
    assert tab.wait_state("state.cursor && state.cursor.x === 3 && state.cursor.y === 0")
    assert tab.text("readout-value").startswith("NaN")


@pytest.mark.parametrize(("scene", "units"), [("tall", 2048), ("long", 1000)])
def test_a_layer_of_many_channels_is_paged(open_canvas, scene, units):
    tab = open_canvas(scene)
    pages = tab.panel()["pages"]
    assert pages > 1
    tab.stage.focus()
    for _ in range(pages):
        tab.page.keyboard.press("PageDown")
    assert tab.wait_state(f"state.panels[0].page === {pages - 1}")
    assert tab.page.get_by_text(re.compile(rf"{units - 1} of {units}$")).is_visible()


def test_a_vector_can_be_sorted_by_value(open_canvas):
    tab = open_canvas("vector")
    tab.page.get_by_role("button", name="Sort by value").click()
    tab.stage.hover(position={"x": 200, "y": 10})
    assert tab.wait_state("state.cursor")["cursor"]["channel"] == int(maps_of("vector", 0).argmax())


def test_the_summary_says_shape_range_mean_and_where(open_canvas):
    tab = open_canvas("maps")
    values, label = maps_of("maps", 0), tab.stage.get_attribute("aria-label")
    numbers = [float(part) for part in re.findall(r"-?\d+\.\d+", label.replace("−", "-"))]
    assert numbers == pytest.approx([values.min(), values.max(), values.mean(dtype=np.float64)], abs=1e-6)
    channel, y, x = np.unravel_index(values.argmax(), values.shape)
    assert f"64 × 56 × 56" in label and f"channel {channel}, row {y}, column {x}" in label


def test_the_csv_holds_the_values_of_the_open_map(open_canvas):
    tab = open_canvas("layer")
    tab.stage.click(position={"x": 60, "y": 30})
    channel = tab.wait_state("state.panels[0].level === 'map'")["panels"][0]["channel"]
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    read = np.float32([row["value"] for row in rows]).reshape(56, 56)
    np.testing.assert_array_equal(read, maps_of("layer", 0)[channel])
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="PNG").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")


def test_a_pin_given_by_the_page_is_shown_and_told(open_canvas):
    tab = open_canvas("layer", given=1)
    tab.page.get_by_text("pin Unit(panel='conv1', channel=5, y=20, x=30").wait_for()
    assert tab.wait_state("state.pin")["pin"] == {"panel": "conv1", "channel": 5, "y": 20, "x": 30}


def test_a_canvas_that_leaves_the_page_leaves_nothing_behind(open_canvas):
    tab = open_canvas("layer")
    held = "globalThis[Symbol.for('cnnviz-tensors')]"
    assert tab.page.evaluate(f"{held}.arrays.size") == 2
    tab.pick("Scene", "nothing")
    tab.page.locator(".cnnviz-canvas").wait_for(state="detached")
    assert tab.page.evaluate(f"[{held}.arrays.size, {held}.waiting.size]") == [0, 0]


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_no_serious_violation(open_canvas, language, dark):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab = open_canvas("layer", lang=language, dark=dark)
    tab.stage.hover(position={"x": 60, "y": 30})
    found = axe.Axe().run(tab.page, context={"include": [[[".stBidiComponent", ".cnnviz-canvas"]]]})
    serious = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found.response["violations"]
               if rule["impact"] in ("serious", "critical")]
    assert serious == []
