"""The Training studio on one screen: the curve that teaches and the button that trains stand above the fold."""

import pytest

from cnnviz.facts.recorded_experiment import load_recording
from cnnviz.text import load

pytestmark = pytest.mark.browser
SIZES = [(1366, 768), (390, 844)]
EXAMPLE = "/studio?run=example"
BOTTOM = "element => element.getBoundingClientRect().bottom"
LAST = len(load_recording().steps) - 1


@pytest.fixture(scope="module")
def serve(serve, tmp_path_factory):
    """A server without runs: whoever has some sees a menu of them above the example."""
    address = serve("app.py", CNNVIZ_RUNS=str(tmp_path_factory.mktemp("no-runs")))
    return lambda: address


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_curve_controls_kernels_and_button_stand_on_the_first_screen(same_tab, settled, width, height) -> None:
    page = same_tab(EXAMPLE, width, height)
    page.locator(".cnnviz-example .chart .mean").first.wait_for()
    page.locator(".st-key-train button").wait_for()
    settled(page)
    for part in (
        ".cnnviz-example .chart",
        ".cnnviz-example .controls",
        ".cnnviz-example .kernels",
        ".st-key-train button",
    ):
        assert page.locator(part).first.evaluate(BOTTOM) <= height, part
    assert page.get_by_role("heading", level=2).first.inner_text() == load("pages/studio", "en")("example.question")


def test_the_player_leads_through_the_epochs_by_pointer_and_keys(same_tab, settled) -> None:
    page = same_tab(EXAMPLE)
    slider = page.locator(".cnnviz-example .slider")
    slider.wait_for()
    settled(page)
    ends = page.locator(".cnnviz-example .label").all_text_contents
    assert slider.input_value() == str(LAST)
    finished = ends()
    slider.press("Home")
    assert "after 0 of 10 epochs" in slider.get_attribute("aria-valuetext")
    assert ends() != finished
    slider.press("ArrowRight")
    assert slider.input_value() == "1"
    page.locator(".cnnviz-example .play").click()
    page.wait_for_timeout(600)
    assert int(slider.input_value()) > 3
    page.locator(".cnnviz-example .play").click()
    slider.press("End")
    assert ends() == finished


def test_a_chip_opens_to_its_field_and_says_its_new_value(same_tab, settled) -> None:
    page = same_tab(EXAMPLE)
    chip = page.locator(".st-key-chips").get_by_role("button", name=load("pages/studio", "en")("setting.epochs.label"))
    chip.wait_for()
    settled(page)
    assert "20" in chip.inner_text()
    chip.click()
    field = page.locator("[data-testid=stPopoverBody] input").first
    assert field.input_value() == "20"
    field.fill("3")
    field.press("Enter")
    page.wait_for_function("location.search.includes('set.epochs=3')")
    settled(page)
    assert "3" in chip.inner_text()
    page.keyboard.press("Escape")
    chip.click()
    assert field.input_value() == "3"


def test_the_example_is_presented_curve_kernels_and_the_answer_after_a_key(same_tab) -> None:
    page = same_tab(f"{EXAMPLE}&present=1", 1280, 720)
    page.locator("[data-presented] .chart").wait_for()
    told = page.locator(".cnnviz-example .told")
    page.keyboard.press("ArrowLeft")
    page.get_by_text(load("pages/studio")("example.at", epoch=9, epochs=10)).wait_for()
    assert told.inner_text() == load("pages/studio")("example.at", epoch=9, epochs=10)
    page.keyboard.press("ArrowDown")
    page.locator("[data-presented] .kernels").wait_for()
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name=load("shell")("ask.show")).wait_for()
    answer = page.get_by_text("Epochs until half of the test images")
    assert answer.count() == 0
    page.keyboard.press("Space")
    answer.wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("!location.search.includes('present')")
