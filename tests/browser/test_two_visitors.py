"""A shared server in two real browsers: each has its own runs, and a link only shows one."""

import re

import pytest

from cnnviz.text import load

pytestmark = pytest.mark.browser

SMALL = "limit=64&set.epochs=2&set.batch_size=16"
MINUTES = 240_000


def _run_id(page) -> str:
    page.wait_for_function("/run=[0-9a-f]{24}/.test(location.search)")
    return re.search(r"run=([0-9a-f]{24})", page.url).group(1)


def test_two_browsers_train_side_by_side_without_seeing_each_others_runs(
    chromium, serve, settled, tmp_path_factory
) -> None:
    t, statuses = load("pages/studio", "en"), load("runs", "en")
    address = serve("app.py", CNNVIZ_PROFILE="hosted", CNNVIZ_RUNS=str(tmp_path_factory.mktemp("runs")))
    window = {"width": 1280, "height": 900}
    contexts = [chromium.new_context(locale="en-GB", viewport=window, bypass_csp=True) for _ in range(2)]
    pages = []
    for context in contexts:
        context.set_default_timeout(MINUTES)
        page = context.new_page()
        page.goto(f"{address}/studio?{SMALL}")
        pages.append(page)
    for page in pages:  # the button waits for the browser's key
        page.locator(".st-key-train button").click()
    runs = [_run_id(page) for page in pages]
    keys = [page.evaluate("localStorage.getItem('cnnviz.visitor')") for page in pages]
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    assert len({*keys, *runs}) == 4
    for page, mine, other, key in zip(pages, runs, reversed(runs), keys, strict=True):
        page.get_by_text(f": {statuses('status.finished')}").first.wait_for()
        settled(page)
        said = page.locator("[data-testid=stMain]").inner_text()
        assert f"· {mine[:4]}" in said
        assert f"· {other[:4]}" not in said
        assert key not in page.url
    again = contexts[0].new_page()  # no link: the browser's own key finds the run
    again.goto(f"{address}/studio")
    again.get_by_text(f"· {runs[0][:4]}").first.wait_for()
    pages[1].goto(f"{address}/studio?run={runs[0]}")
    pages[1].get_by_text(t("read_only")).wait_for()
    assert pages[1].get_by_role("button", name=t("do.rewind.label"), exact=True).count() == 0
    for context in contexts:
        context.close()
