"""The canvas in a real browser: what is drawn, what is said, what the server hears."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from scenes import FIELD, maps_of

from cnnviz.ui.core.component_files import DIGEST

pytestmark = pytest.mark.browser


def test_hovering_a_large_layer_sends_the_server_nothing_and_reads_its_exact_values(open_canvas):
    tab = open_canvas("layer")
    values, before = maps_of("layer", 0), len(tab.sent)
    for place in range(20):
        tab.point(tab.stage, 40 + 18 * place, 20 + 16 * place)
        tab.page.wait_for_timeout(30)
        cursor = tab.state["cursor"]
        if cursor:
            shown = float(tab.text("readout-value").replace("−", "-"))
            assert np.float32(shown) == values[cursor["channel"], cursor["y"], cursor["x"]]
            box = FIELD.box(cursor["y"], cursor["x"])
            assert tab.state["box"] == {
                "top": box.top,
                "left": box.left,
                "bottom": box.bottom,
                "right": box.right,
            }
    assert len(tab.sent) == before
    assert tab.page.evaluate("performance.getEntriesByName('cnnviz-hover').length") > 10
    assert tab.errors == []


def test_a_pinned_unit_reaches_python_and_its_tensor_is_not_sent_again(open_canvas):
    tab = open_canvas("layer", fresh=True)
    assert sum(tab.received) > maps_of("layer", 0).nbytes
    tab.stage.click(position={"x": 60, "y": 30})
    assert tab.wait_state("state.panels[0].level === 'map'")["pin"] is None
    tab.received.clear()
    tab.stage.click(position={"x": 200, "y": 200})
    pin = tab.wait_state("state.pin")["pin"]
    tab.settle()
    assert tab.page.get_by_text(
        f"pin Unit(panel='conv1', channel={pin['channel']}, y={pin['y']}, x={pin['x']}"
    ).is_visible()
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
        before["panels"][0][name] for name in ("level", "channel", "zoom")
    ]
    assert after["mode"] == "block"


def test_a_pixel_of_the_image_marks_every_unit_that_can_see_it(open_canvas):
    tab = open_canvas("layer")
    for place in range(8):
        tab.point(tab.image, 15 + 41 * place, 330 - 40 * place)
        tab.page.wait_for_timeout(40)
        pixel = tab.state["pixel"]
        boxes = [FIELD.box(y, x) for y in range(56) for x in range(56)]
        reached = sum(box.top <= pixel["y"] <= box.bottom and box.left <= pixel["x"] <= box.right for box in boxes)
        assert f" {reached} of 3136 units" in tab.text("readout-second")


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


def test_the_csv_holds_the_values_of_the_open_map(open_canvas):
    tab = open_canvas("layer")
    tab.stage.click(position={"x": 60, "y": 30})
    channel = tab.wait_state("state.panels[0].level === 'map'")["panels"][0]["channel"]
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    read = np.float32([row["value"] for row in rows]).reshape(56, 56)
    np.testing.assert_array_equal(read, maps_of("layer", 0)[channel])


def test_a_pin_given_by_the_page_is_shown_and_told(open_canvas):
    tab = open_canvas("layer", given=1)
    tab.page.get_by_text("pin Unit(panel='conv1', channel=5, y=20, x=30").wait_for()
    assert tab.wait_state("state.pin")["pin"] == {"panel": "conv1", "channel": 5, "y": 20, "x": 30}


def test_a_canvas_that_leaves_the_page_leaves_nothing_behind(open_canvas):
    tab = open_canvas("layer")
    counts = f"import('/component-files/{DIGEST}/components/canvas/js/tensors.js').then(({{ counts }}) => counts())"
    assert tab.page.evaluate(counts) == [2, 1]
    tab.pick("Scene", "nothing")
    tab.page.locator(".cnnviz-canvas").wait_for(state="detached")
    assert tab.page.evaluate(counts) == [0, 0]
