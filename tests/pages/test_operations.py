"""The operations page: every tab and example in every language, links, wrong input, editing, and hovering both ways."""

import json
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest

from cnnviz.text import LANGUAGES
from cnnviz.ui.pages.operations.table import TABS

PAGE = Path(__file__).parents[2] / "pages" / "explore" / "operations.py"
READ = """(root) => JSON.parse(root.dataset.state)"""
HOVER_ALL = """(root) => {
  const told = {};
  for (const planes of root.querySelectorAll('.planes')) {
    const shape = planes.dataset.extent.split(',').map(Number);
    const [top, left, height, width] = shape;
    told[planes.dataset.grid] = [...planes.querySelectorAll('.stage')].map((stage) => {
      const box = stage.getBoundingClientRect();
      const found = [];
      for (let y = top; y < top + height; y += 1) for (let x = left; x < left + width; x += 1) {
        const [across, down] = [box.width / Number(planes.dataset.columns), box.height / Number(planes.dataset.rows)];
        const at = { clientX: box.left + (x + 0.5) * across, clientY: box.top + (y + 0.5) * down };
        stage.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, pointerType: 'mouse', ...at }));
        found.push({ ...JSON.parse(root.dataset.state), formula: root.querySelector('.formula').textContent });
      }
      return found;
    });
  }
  return told;
}"""


def opened(language: str = "en", **state: object) -> AppTest:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    page.session_state["lang"] = language
    for name, value in state.items():
        page.session_state[name] = value
    return page.run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_tab_and_example_opens_without_a_failure(language: str) -> None:
    page = opened(language)
    for tab in TABS.values():
        page.session_state["op"] = tab.name
        for preset in tab.presets if language == "en" else tab.presets[:1]:  # the words of all are tested below `ui`
            page.session_state[f"{tab.name}.try"] = preset.name
            for name, value in tab.preset(preset.name).items():
                page.session_state[f"{tab.name}.{name}"] = value
            page.run()
            assert not page.exception, (tab.name, preset.name)
            assert not page.error, (tab.name, preset.name, page.error[0].value)
            assert page.code[0].value.startswith("import torch")


def test_wrong_input_is_said_in_one_sentence_and_stays_where_it_was_typed() -> None:
    page = opened()
    page.text_input(key="correlation.x").input("1 2 / 3").run()
    assert not page.exception
    assert len(page.error) == 1
    assert page.text_input(key="correlation.x").value == "1 2 / 3"
    assert "2., 1." not in page.code[0].value
    page.text_input(key="correlation.x").input("2 1 / 3 4").run()
    assert not page.error
    assert "[2., 1.]" in page.code[0].value


def test_wrong_input_is_said_with_the_label_of_its_control() -> None:
    page = opened("zh-Hans", op="batch_norm")
    gamma = page.text_input(key="batch_norm.gamma")
    gamma.input("1 2 3").run()
    assert gamma.label in page.error[0].value
    assert "gamma" not in page.error[0].value


@pytest.mark.parametrize(
    "query",
    [
        {"op": "<script>alert(1)</script>", "correlation.try": "nothing"},
        {"correlation.x": "9" * 7000, "correlation.from": "camera", "correlation.k": "3" * 99},
        {"op": "learned", "learned.rate": "nan", "learned.step": "1e9", "learned.size": "0"},
        {"op": "batch_norm", "batch_norm.batch": "-1", "batch_norm.eps": "inf", "batch_norm.phase": "\0"},
    ],
)
def test_a_hostile_link_falls_back_with_a_note_and_no_traceback(query: dict[str, str]) -> None:
    page = AppTest.from_file(str(PAGE), default_timeout=120)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    assert page.warning
    assert page.code[0].value.startswith("import torch")


def test_another_example_brings_its_settings_and_the_way_back_restores_them() -> None:
    page = opened()
    page.text_input(key="correlation.kernel").input("5 5 / 5 5").run()
    reset = page.button[0]
    reset.click().run()
    assert page.text_input(key="correlation.kernel").value == "0 1 / 2 3"


def state(page) -> dict:
    return page.locator(".cnnviz-board").evaluate(READ)


def board(path: str, visit):
    opened_page = visit(path)
    opened_page.wait_for_selector(".cnnviz-board .stage canvas", timeout=90_000)
    return opened_page


@pytest.mark.browser
def test_hovering_answers_both_ways_at_every_cell(visit, follow, settled) -> None:
    page = board("/operations", visit)
    for mode, stride, padding, dilation in (
        ("zeros", "2", "1", "1"),
        ("reflect", "1", "2", "1"),
        ("zeros", "1", "1", "2"),
        ("circular", "3,1", "1", "1"),
    ):
        query = (
            f"?op=padding&padding.from=random&padding.size=5,6&padding.kernel_from=ones&padding.k=3&padding.stride={stride}"
            f"&padding.padding={padding}&padding.dilation={dilation}&padding.mode={mode}"
        )
        tab = TABS["padding"]
        held = tab.preset("worked") | {
            "from": "random",
            "size": "5,6",
            "kernel_from": "ones",
            "k": "3",
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
            "mode": mode,
        }
        values = tab.values(held)
        made = tab.compute(values)
        height, width = made.grid("output").values.shape[-2:]
        follow(page, f"/operations{query}")
        page.locator(f".planes[data-grid=output][data-extent='0,0,{height},{width}']").wait_for()
        settled(page)
        told = page.locator(".cnnviz-board").evaluate(HOVER_ALL)
        x = made.grid("input").values
        outputs = [cell["value"] for cell in told["output"][0]]
        assert outputs == pytest.approx(made.grid("output").values.flatten().tolist())

        def slide(image: torch.Tensor, values: dict = values) -> torch.Tensor:
            (p, q), padding_mode = values["padding"], values["mode"].replace("zeros", "constant")
            padded = F.pad(image[None], (q, q, p, p), mode=padding_mode)
            return F.conv2d(
                padded, torch.ones(1, 1, 3, 3, dtype=torch.float64), None, values["stride"], 0, values["dilation"]
            )

        jacobian = torch.autograd.functional.jacobian(slide, x).reshape(-1, x.numel())
        reached = [cell["reaches"].get("output", 0) for cell in told["input"][0]]
        assert reached == (jacobian != 0).sum(0).tolist()
        sums = [float(cell["formula"].rpartition("= ")[2].replace("−", "-")) for cell in told["output"][0]]
        assert sums == pytest.approx(outputs, rel=1e-5, abs=1e-9)


@pytest.mark.browser
def test_the_window_is_moved_by_keys_and_slider_and_a_number_is_typed_over(visit, settled) -> None:
    page = board("/operations", visit)
    assert state(page)["value"] == 19
    page.locator(".planes[data-grid=output]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert state(page)["value"] == 43
    assert page.locator(".cnnviz-board .where").inner_text() == "Output, row 1, column 1"  # counted from 0
    assert "4·0 + 5·1 + 7·2 + 8·3 = 43" in page.locator(".formula").inner_text()
    play = page.get_by_role("button", name="Play")
    play.click()
    page.emulate_media(reduced_motion="reduce")
    play.wait_for(state="hidden")
    stood = state(page)["value"]
    page.wait_for_timeout(900)  # longer than a step of the player
    assert state(page)["value"] == stood
    page.get_by_role("slider", name="Position of the window").fill("1")
    assert state(page)["value"] == 25
    page.locator(".planes[data-grid=input]").focus()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_function("() => decodeURIComponent(location.search).includes('correlation.x=5')")
    settled(page)
    assert page.get_by_role("textbox", name="Input numbers").input_value() == "5 1 2 / 3 4 5 / 6 7 8"


@pytest.mark.browser
def test_a_narrow_touch_screen_pins_by_tapping_without_sideways_scrolling(visit) -> None:
    page = visit("/operations?op=padding&padding.try=alexnet", width=390, height=800, touch=True, locale="zh-TW")
    page.wait_for_selector(".cnnviz-board .stage canvas", timeout=90_000)
    page.locator(".planes[data-grid=output] .stage").tap(position={"x": 100, "y": 100})
    pinned = state(page)["pinned"]
    assert pinned["grid"] == "output"
    assert pinned["y"] > 5
    width = page.locator("[data-testid=stMain]").evaluate("(main) => [main.scrollWidth, main.clientWidth]")
    assert width[0] <= width[1]


@pytest.mark.browser
def test_the_link_of_an_example_opens_it(visit) -> None:
    page = board("/operations?op=padding&padding.try=shape", visit)
    assert json.loads(page.locator(".cnnviz-board").get_attribute("data-state"))["pinned"]["grid"] == "output"
    assert page.locator(".grid-shape").last.inner_text() == "2×2"
