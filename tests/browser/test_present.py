"""Present mode in the browser: one object fills the window, its numbers can be read, keys go on and leave."""

import pytest

from cnnviz.text import load

pytestmark = pytest.mark.browser
SIZE = {"width": 1280, "height": 720}
SMALLEST = 28
"""Pixels of a number at 1280×720."""
ROUNDED = 0.1
"""Of them, since widths are told in whole pixels."""
DRAWN = """canvas => {
  const sizes = [];
  canvas.drawFigure((tag, attributes) => tag === "text" && sizes.push(Number(attributes["font-size"])));
  return Math.min(...sizes) * canvas.getBoundingClientRect().width / canvas.offsetWidth;
}"""
WRITTEN = """cell => {
  const stage = document.querySelector("[data-presented]"); // wider than a cell, so that whole pixels matter less
  return parseFloat(getComputedStyle(cell).fontSize) * stage.getBoundingClientRect().width / stage.offsetWidth;
}"""
SEEN = "element => getComputedStyle(element).visibility"


def _present(visit, path: str):
    page = visit(path, **SIZE)
    page.wait_for_selector("[data-presented]")
    page.wait_for_timeout(600)
    return page


def _assert_readable(parts, measure: str) -> None:
    """Assert that there are such parts, and that each writes its numbers large enough."""
    parts.first.wait_for()
    sizes = parts.evaluate_all(f"parts => parts.map({measure})")
    assert min(sizes) >= SMALLEST - ROUNDED, sizes


def test_the_numbers_of_a_board_can_be_read_and_the_right_key_moves_the_window(visit) -> None:
    page = _present(visit, "/operations?op=padding&present=1")
    _assert_readable(page.locator("[data-presented] .plane canvas:not(.marks)"), DRAWN)
    _assert_readable(page.locator("[data-presented] .mini-grid span"), WRITTEN)
    formula, bar = (page.locator(part).first.bounding_box() for part in (".cnnviz-board .formula", ".present-bar"))
    assert formula["y"] + formula["height"] <= bar["y"]
    board = page.locator("[data-presented] .cnnviz-board")
    before = board.get_attribute("data-state")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    assert board.get_attribute("data-state") != before
    assert page.locator("h1").first.evaluate(SEEN) == "hidden"
    page.keyboard.press("Escape")
    page.wait_for_function("!location.search.includes('present')")
    assert page.locator("h1").first.evaluate(SEEN) == "visible"


def test_the_walkthrough_steps_covers_its_sum_and_shows_it_by_the_space_key(visit, settled) -> None:
    page = _present(visit, "/walkthrough?net=lenet&layer=conv1&projector=1")
    microscope = page.locator(".cnnviz-microscope")
    _assert_readable(page.locator("[data-presented] .panel-maps canvas.base"), DRAWN)
    image, readout = (
        page.locator(f"[data-presented] {part}").first.bounding_box()
        for part in (".panel-image canvas.base", ".status")
    )
    assert image["y"] + image["height"] <= readout["y"]
    page.keyboard.press("ArrowDown")
    page.wait_for_function("location.search.includes('present=arithmetic')")
    page.wait_for_timeout(500)
    _assert_readable(page.locator("[data-presented] .cnnviz-microscope .cell"), WRITTEN)
    assert microscope.get_attribute("data-total") is None
    assert page.get_by_role("button", name=load("shell", "en")("ask.show")).count() == 1
    page.keyboard.press("Space")
    page.locator(".cnnviz-microscope[data-total]").wait_for()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("location.search.includes('layer=sigmoid1')")
    settled(page)
    page.keyboard.press("q")
    page.locator(".present-square").wait_for()
    assert "layer=sigmoid1" in page.locator(".present-link").inner_text()


@pytest.mark.parametrize(
    ("path", "parts", "measure"),
    [
        ("/walkthrough?net=lenet&layer=softmax&present=maps", ".panel-maps canvas.base", DRAWN),
        ("/mistakes?weights=lenet-digits&present=counts", ".matrix .cell", WRITTEN),
        ("/compare?present=costs", "[data-testid=stTable] td p", WRITTEN),
    ],
)
def test_the_numbers_of_other_grids_can_be_read(same_tab, path: str, parts: str, measure: str) -> None:
    page = same_tab(path, **SIZE)
    page.locator(f"[data-presented] {parts}").first.wait_for()
    page.wait_for_timeout(1_000)  # a stage that does not fit is made smaller, a step at a time
    _assert_readable(page.locator(f"[data-presented] {parts}"), measure)


def test_the_p_key_presents_a_page_whose_menu_is_then_out_of_reach(visit, settled) -> None:
    page = visit("/compare", **SIZE)
    page.locator(".present-bar").wait_for(state="attached")
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    page.keyboard.press("p")
    page.wait_for_function("location.search.includes('present')")
    settled(page)
    assert page.get_by_role("combobox").count() == 0
    page.keyboard.press("ArrowRight")
    page.locator("[data-presented] .js-plotly-plot").wait_for()
    chart = page.locator("[data-presented] .js-plotly-plot .main-svg").first
    page.wait_for_timeout(800)
    box = chart.bounding_box()
    assert box["width"] <= SIZE["width"]
    assert 0.7 * SIZE["height"] < box["height"] <= SIZE["height"]


LESSON_TEXT = 20
"""Pixels of a lesson's text at 1280×720, a quarter more than on its page."""
LETTERS = "part => parseFloat(getComputedStyle(part).fontSize)"


def test_a_lesson_is_shown_whole_in_larger_letters_with_its_question_and_its_form_in_the_window(visit) -> None:
    page = visit("/lessons?lesson=padding&step=3&present=1", **SIZE)
    page.wait_for_selector("[data-no-stage]", state="attached")
    question, commit = page.locator(".st-key-padding-3-0-question h2"), page.locator(".st-key-padding-3-0-commit")
    commit.wait_for()
    assert question.evaluate(LETTERS) >= LESSON_TEXT
    bar = page.locator(".present-bar").bounding_box()["y"]
    assert 0 <= question.bounding_box()["y"] < commit.bounding_box()["y"]
    assert commit.bounding_box()["y"] + commit.bounding_box()["height"] <= bar
    assert not page.get_by_text(load("pages/lessons")("mode.free"), exact=True).is_visible()
