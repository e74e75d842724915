"""The trail in a real browser: a count, an image, the network that was wrong about it; all of it in the link."""

import re

import pytest
from sklearn.metrics import confusion_matrix

from cnnviz.checkpoints import CHECKPOINTS
from cnnviz.data import dataset
from cnnviz.runs.trained import of_card
from cnnviz.train.predictions import predictions

pytestmark = pytest.mark.browser


def test_three_clicks_lead_from_a_count_to_the_image_in_the_network(visit, settled) -> None:
    trained = of_card(CHECKPOINTS["lenet-digits"])
    answers = predictions(trained.network(), dataset("digits").load("test"), trained.preparation())
    truth, guess = answers.labels, answers.logits.argmax(1)
    counts = confusion_matrix(truth, guess)
    row, column = max(((y, x) for y in range(10) for x in range(10) if x != y), key=lambda cell: counts[cell])
    numbers = ((truth == row) & (guess == column)).nonzero().flatten().tolist()

    page = visit("/mistakes?weights=lenet-digits")
    cell = page.get_by_role("button", name=f"{row} taken for {column}: {counts[row, column]}", exact=True)
    cell.click()
    page.wait_for_function(f"location.search.includes('true={row}') && location.search.includes('pred={column}')")
    settled(page)
    tiles = page.locator(".tile")
    tiles.last.wait_for()
    assert sorted(int(tile.get_attribute("data-number")) for tile in tiles.all()) == numbers

    number = int(tiles.last.get_attribute("data-number"))
    tiles.last.click()
    page.get_by_text(re.compile(rf"Image {number} of Digits is {row}")).first.wait_for()
    settled(page)
    page.get_by_role("link", name="Walk it through the network").click()
    page.wait_for_url("**/walkthrough?**")
    for part in ("net=lenet", "weights=lenet-digits", "image=digits", f"n={number}"):
        assert part in page.url or part in ("net=lenet", "weights=lenet-digits", "image=digits")
    page.get_by_role("heading", level=1, name="Walkthrough").wait_for()
    page.go_back()
    page.locator(".tile[aria-pressed=true]").wait_for()
    assert f"at={number}" in page.url


def test_the_counts_are_walked_with_the_arrow_keys(visit, settled) -> None:
    page = visit("/mistakes?weights=lenet-digits")
    first = page.locator(".cell").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("location.search.includes('true=1') && location.search.includes('pred=1')")
    settled(page)
    page.locator(".cell[aria-pressed=true]").wait_for()
    assert "1 taken for 1" in page.locator(".cell[aria-pressed=true]").get_attribute("aria-label")
