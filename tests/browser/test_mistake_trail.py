"""The trail in a real browser: a count, an image, the network that was wrong about it; all of it in the link."""

import pytest
from sklearn.metrics import confusion_matrix

from cnnviz.data import dataset
from cnnviz.models import load_model
from cnnviz.text import load
from cnnviz.train.predictions import predictions
from cnnviz.ui.core.component_files import DIGEST

pytestmark = pytest.mark.browser


def test_three_clicks_lead_from_a_count_to_the_image_in_the_network(visit, settled) -> None:
    model = load_model("lenet-digits")
    answers = predictions(model.network(), dataset("digits").load("test"), model.batch_preparation())
    truth, guess = answers.labels, answers.logits.argmax(1)
    counts = confusion_matrix(truth, guess)
    row, column = max(((y, x) for y in range(10) for x in range(10) if x != y), key=lambda cell: counts[cell])
    numbers = ((truth == row) & (guess == column)).nonzero().flatten().tolist()

    page = visit("/mistakes?weights=lenet-digits")
    cell = page.get_by_role("button", name=f"{row} predicted as {column}: {counts[row, column]}", exact=True)
    cell.click()
    page.wait_for_function(f"location.search.includes('true={row}') && location.search.includes('pred={column}')")
    settled(page)
    tiles = page.locator(".tile")
    tiles.last.wait_for()
    assert sorted(int(tile.get_attribute("data-number")) for tile in tiles.all()) == numbers

    number = int(tiles.last.get_attribute("data-number"))
    tiles.last.click()
    page.get_by_text(f"Test image {number} (Digits): true class {row}").first.wait_for()
    settled(page)
    page.get_by_role("link", name="Open in the walkthrough").click()
    page.wait_for_url("**/walkthrough?**")
    page.get_by_role("heading", level=1, name=load("pages/walkthrough")("title")).wait_for()
    assert f"n={number}" in page.url


DRAW = """async ([path, data]) => {
  const module = await import(path);
  const setTriggerValue = (name, value) => { window.told = [name, value]; };
  module.default({ data, parentElement: document.body, setTriggerValue });
}"""


def test_the_counts_are_walked_with_the_arrow_keys(tab, serve) -> None:
    counts = [
        [{"count": 3 * y + x, "share": 0.5, "right": x == y, "label": f"{y} {x}"} for x in range(3)] for y in range(3)
    ]
    names = ["a", "b", "c"]
    page = tab()
    page.goto(serve() + "/_stcore/health")
    page.evaluate(
        DRAW,
        [
            f"/component-files/{DIGEST}/pages/mistakes/js/matrix.js",
            {"rows": names, "columns": names, "counts": counts, "chosen": None, "words": {"caption": "counts"}},
        ],
    )
    assert page.locator(".cell").all_inner_texts() == ["·", *map(str, range(1, 9))]
    assert page.get_by_role("button", name="0 0", exact=True).inner_text() == "·"  # a screen reader hears the count
    assert page.locator(".cell[tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    name, told = page.evaluate("window.told")
    assert (name, told["row"], told["column"]) == ("cell", 2, 1)
    assert page.locator(".cell[tabindex='0']").get_attribute("aria-label") == "2 1"
