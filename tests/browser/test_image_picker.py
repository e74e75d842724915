"""The one picker of images in a real browser: a row of thumbnails, a grid with filters, by mouse and by keyboard."""

import pytest

from cnnviz.data import dataset
from cnnviz.text import load

pytestmark = pytest.mark.browser
T = load("picture")


@pytest.mark.parametrize("path", ["/saliency", "/walkthrough"])
def test_a_thumbnail_selects_its_image_and_the_grid_keeps_to_a_class(same_tab, settled, path: str) -> None:
    page = same_tab(f"{path}?net=lenet&weights=lenet-digits&image=digits")
    row = page.locator(".cnnviz-image-grid[data-row=true]")
    row.locator(".tile").nth(3).click()
    page.wait_for_function("location.search.includes('n=3')")
    settled(page)
    row.locator(".tile[data-number='3'][aria-pressed=true]").wait_for()

    page.get_by_role("button", name=T("thumbs.more")).click()
    grid = page.locator(".cnnviz-image-grid[data-row=false]")
    grid.locator(".tile").first.wait_for()
    page.get_by_role("combobox", name=T("thumbs.class")).click()
    page.get_by_role("option", name="4", exact=True).click()
    page.wait_for_function("location.search.includes('image.class=4')")
    settled(page)
    fours = (dataset("digits").load("test").labels == 4).nonzero().flatten().tolist()
    grid.locator(f".tile[data-number='{fours[0]}']").wait_for()
    assert [int(tile.get_attribute("data-number")) for tile in grid.locator(".tile").all()] == fours[:28]

    grid.locator(".tile[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_function(f"location.search.includes('n={fours[1]}')")
    settled(page)
    assert grid.locator(f".tile[data-number='{fours[1]}']").get_attribute("aria-label") == T(
        "thumbs.tile", number=fours[1], label="4"
    )
