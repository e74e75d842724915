"""Equal colour means equal number, and the legend says which."""

import random
from time import monotonic

import numpy as np
import pytest
from driver import CanvasPage
from scenes import maps_of, panels_of

from cnnviz.ui.core.component_files import DIGEST

pytestmark = pytest.mark.browser

GUTTER = 30
"""CSS pixels before the first map, where the rows are numbered."""

COLOUR_AT = """([left, top]) => {
    for (const host of document.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
        const panel = host.shadowRoot?.querySelector('.panel:not(.panel-image)');
        if (!panel) continue;
        const base = panel.querySelector('canvas.base'), bar = panel.querySelector('.legend-bar');
        const ratio = base.width / base.clientWidth;
        const pixels = (one, x, y, width) => [...one.getContext('2d').getImageData(x, y, width, 1).data];
        const triples = data => Array.from({length: data.length / 4}, (_, i) => data.slice(4 * i, 4 * i + 3));
        const drawn = pixels(base, Math.floor(left * ratio), Math.floor(top * ratio), 1);
        return [triples(drawn)[0], triples(pixels(bar, 0, 0, bar.width))];
    } }"""


@pytest.fixture(scope="module")
def colours(chromium, demo_url) -> dict[str, np.ndarray]:
    """Every colour table as (511, 3) in [0, 1]."""
    page = chromium.new_page()
    page.goto(f"{demo_url}/_stcore/health")
    module = f"/component-files/{DIGEST}/components/shared/colour.js"
    names = ["diverging-light", "diverging-dark", "sequential-light", "sequential-dark", "grey"]
    packed = page.evaluate(
        "([path, names]) => import(path).then(({ colourTable }) => names.map(name => [...colourTable(name)]))",
        [module, names],
    )
    page.close()
    split = [np.array([[value >> shift & 255 for shift in (0, 8, 16)] for value in table]) / 255 for table in packed]
    return dict(zip(names, split, strict=True))


def luminance(colour: np.ndarray) -> np.ndarray:
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize(("name", "direction"), [("sequential-light", -1), ("sequential-dark", 1), ("grey", 1)])
def test_a_sequential_table_changes_in_lightness_one_way(colours, name, direction):
    steps = np.diff(luminance(colours[name])) * direction
    assert steps.min() > -0.004
    assert steps.sum() > 0.75


@pytest.mark.parametrize(("name", "direction"), [("diverging-light", -1), ("diverging-dark", 1)])
def test_a_diverging_table_changes_one_way_from_its_middle_and_its_arms_differ_for_colour_blind_eyes(
    colours, name, direction
):
    table = colours[name]
    bright = luminance(table)
    assert (np.diff(bright[255:]) * direction).min() > -0.004
    assert (np.diff(bright[:256][::-1]) * direction).min() > -0.004
    assert np.ptp(table[255]) < 0.02
    # how much yellow against blue is left is what red-green blindness still sees
    yellow = (table[:, 0] + table[:, 1]) / 2 - table[:, 2]
    for place in (60, 120, 180):
        assert yellow[510 - place] - yellow[place] > 0.2


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
            mode = choice.choice(tab.state["modes"])
            tab.mode(mode)
            tab.wait_state(f"state.mode === '{mode}'")
        legends_become_true(tab, scene, seed)
    assert tab.errors == []


def legends_become_true(tab: CanvasPage, scene: str, seed: int) -> None:
    """Look until what is drawn is the scene with its legends; a server under load is a while behind the click."""
    until = monotonic() + 10
    while True:
        state = tab.state
        drawn = [(panel["legend"]["low"], panel["legend"]["high"]) for panel in state["panels"]]
        arrived = [panel["name"] for panel in state["panels"]] == [
            panel.name for panel in panels_of(scene, seed) if hasattr(panel, "tensor")
        ]
        if arrived and np.allclose(drawn, expected_legends(scene, seed, state), rtol=1e-6):
            return
        assert monotonic() < until, f"{scene} {seed} {state['mode']}: {drawn}"
        tab.page.wait_for_timeout(50)


@pytest.mark.parametrize(("scene", "dark"), [("small", False), ("small", True), ("odd", False)])
def test_a_cell_has_the_colour_that_the_legend_gives_its_value(open_canvas, scene, dark):
    tab = open_canvas(scene, dark=dark)
    values = maps_of(scene, 0)
    low, high = (tab.panel()["legend"][name] for name in ("low", "high"))
    cell, checked = tab.panel()["cell"], 0
    for place in range(8):
        left, top = GUTTER + cell * (place + 0.5), cell * (place * 3 % 8 + 0.5)
        tab.point(tab.stage, left, top)
        tab.page.wait_for_timeout(30)
        cursor = tab.state["cursor"]
        if not cursor or not np.isfinite(value := values[cursor["channel"], cursor["y"], cursor["x"]]):
            continue
        drawn, legend = tab.page.evaluate(COLOUR_AT, [left, top])
        at = round((value - low) / (high - low) * (len(legend) - 1))
        near = legend[max(0, at - 1) : at + 2]
        assert min(max(abs(a - b) for a, b in zip(drawn, colour, strict=True)) for colour in near) <= 4
        checked += 1
    assert checked >= 5


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
