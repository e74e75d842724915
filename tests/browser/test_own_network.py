"""One's own network in a real browser: pasted, mended, walked, trained, explained, saved, and opened again."""

from pathlib import Path

import pytest

from cnnviz.definitions.weights_form import definition_in
from cnnviz.text import load

pytestmark = pytest.mark.browser

BROKEN = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 5)
        self.fc = nn.Linear(4 * 13 * 13, 10)

    def forward(self, x):
        return self.fc(F.max_pool2d(F.relu(self.conv(x)), 2).flatten(1))
"""
FIX = "[class*=st-key-own-fix-0] button"
MENDED = "nn.Linear(576, 10)"


def test_a_pasted_network_goes_through_every_page_and_comes_back(tab, serve, settled, tmp_path: Path) -> None:
    address = serve(CNNVIZ_RUNS=str(tmp_path / "runs"))
    page = tab()
    page.goto(f"{address}/own")
    code = page.get_by_role("textbox", name=load("pages/own")("text.label"))
    code.fill(BROKEN)
    code.press("Control+Enter")
    page.get_by_text("4·12·12 = 576 ≠ 676").first.wait_for()
    page.locator(FIX).first.click()
    page.get_by_text("It runs: from an image of 1×28×28 to 10 scores").wait_for()
    assert MENDED in code.input_value()
    settled(page)

    page.locator(".st-key-own-links").get_by_role("link", name=load("shell")("page.walkthrough")).click()
    page.wait_for_url("**/walkthrough?**")
    page.get_by_role("button", name="Next").first.wait_for()
    settled(page)
    assert "net=own" in page.url

    page.goto(page.url.replace("/walkthrough?", "/studio?") + "&set.epochs=1&limit=64&data=digits")
    settled(page)
    start = page.locator(".st-key-train button")
    start.wait_for()
    page.wait_for_selector(".st-key-train button:not([disabled])")
    start.click()
    page.get_by_text("epoch 1 of 1 done").first.wait_for()
    settled(page)
    with page.expect_download() as saving:
        page.locator("[class*=st-key-export-weights] button").first.click()
    file = tmp_path / "net.safetensors"
    saving.value.save_as(file)
    assert definition_in(file.read_bytes()).nodes[0].operation == "Conv2d"

    page.get_by_role("link", name="Which pixels it uses").click()
    page.wait_for_url("**/saliency?**")
    page.get_by_text(load("pages/saliency")("where_not_why")).wait_for()
    settled(page)
    assert "weights=run" in page.url

    page.goto(f"{address}/own")
    page.get_by_role("button", name=load("pages/own")("file.open")).click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text(load("pages/own")("ties.weights")).wait_for()
    assert MENDED in page.get_by_role("textbox", name=load("pages/own")("text.label")).input_value()
    page.locator(".st-key-own-links").get_by_role("link", name=load("shell")("page.mistakes")).wait_for()
    page.locator(".st-key-own-links").get_by_role("link", name=load("shell")("page.walkthrough")).click()
    page.wait_for_url("**/walkthrough?**")
    page.get_by_text("it says that they were trained on Digits").wait_for()
    assert "weights=own-file" in page.url

    words = load("pages/own", "zh-Hans")  # on a phone, by keys alone
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/own?lang=zh-Hans")
    code = page.get_by_role("textbox", name=words("text.label"))
    code.focus()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(BROKEN)
    page.keyboard.press("Control+Enter")
    page.get_by_text("4·12·12 = 576 ≠ 676").first.wait_for()
    settled(page)
    page.locator(FIX).first.focus()
    page.keyboard.press("Enter")
    page.locator("[data-testid=stAlert]").get_by_text("1×28×28").first.wait_for()
    settled(page)
    assert MENDED in code.input_value()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    link = page.locator(".st-key-own-links").get_by_role("link", name=load("shell", "zh-Hans")("page.architectures"))
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/architectures?**")
    page.get_by_role("heading", level=1, name=load("pages/architectures", "zh-Hans")("title")).wait_for()
    settled(page)
    assert not page.locator("[data-testid=stAlert]").count()
