"""How fast the canvas is: python tests/ui/components/canvas/bench.py [--url http://localhost:8501].

Without --url it serves the demo page itself. Prints one JSON document, milliseconds:
hover: from the pointer event to the drawn answer on a 64×56×56 layer, 50th, 95th percentile and most.
first, next: from the click to the drawn layer, 64×56×56, as a canvas and by st.image as one picture, and
their ratio, of the medians and of the best of all rounds (what a busy machine disturbs least);
first where nothing was drawn before, next where one layer replaces another.
"""

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from conftest import ARGUMENTS, served
from driver import CanvasPage
from playwright.sync_api import Browser, sync_playwright

ROUNDS = 7
DRAWN = {
    "canvas": """() => {
        for (const host of document.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
        const state = host.shadowRoot?.querySelector('.cnnviz-canvas')?.dataset.state;
        if (state) return JSON.parse(state).panels[0].tensor; } }""",
    "picture": """() => { const image = document.querySelector('[data-testid=stImage] img');
        return image?.complete && image.naturalWidth ? image.src : undefined; }""",
}
SCENE = {"canvas": "maps", "picture": "picture"}
TIME = """async ([group, choice, drawn]) => {
    const shown = eval(drawn), before = shown();
    const label = [...document.querySelectorAll('[role=radiogroup]')].find(one => one.ariaLabel === group);
    const entry = [...label.querySelectorAll('label')].find(one => one.innerText.trim() === choice);
    const start = performance.now();
    entry.click();
    for (;;) {
        await new Promise(requestAnimationFrame);
        const now = shown();
        if (now !== undefined && now !== before) break;
        if (performance.now() - start > 20000) throw new Error('nothing drawn');
    }
    await document.querySelector('[data-testid=stImage] img')?.decode();
    return performance.now() - start;
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    url = parser.parse_args().url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        if url:
            figures = measure(browser, url)
        else:
            with served() as own:
                figures = measure(browser, own)
        browser.close()
    print(json.dumps(figures, indent=2))


def measure(browser: Browser, url: str) -> dict[str, Any]:
    """Every figure, from the demo page at `url`."""
    for kind in DRAWN:
        drawing(browser, url, kind)  # the server's own caches
    # in turns, so that the machine is as busy for one as for the other
    rounds = [{kind: drawing(browser, url, kind) for kind in DRAWN} for _ in range(ROUNDS)]
    runs = {kind: [round_[kind] for round_ in rounds] for kind in DRAWN}
    figures: dict[str, Any] = {"hover": hovering(browser, url)}
    for place, name in enumerate(("first", "next")):
        times = {kind: statistics.median(run[place] for run in runs[kind]) for kind in DRAWN}
        best = {kind: min(run[place] for run in runs[kind]) for kind in DRAWN}
        figures[name] = {
            **{kind: round(time, 1) for kind, time in times.items()},
            "ratio": round(times["canvas"] / times["picture"], 2),
            "best_ratio": round(best["canvas"] / best["picture"], 2),
        }
    return figures


def drawing(browser: Browser, url: str, kind: str) -> tuple[float, float]:
    """Milliseconds to the first drawing, and to that of another layer, in a fresh tab."""
    tab = CanvasPage(browser.new_page())
    tab.go(f"{url}/?scene=nothing", "nothing")
    tab.page.wait_for_timeout(500)
    click: Callable[[str, str], float] = lambda group, choice: tab.page.evaluate(  # noqa: E731
        TIME, [group, choice, DRAWN[kind]]
    )
    first = click("Scene", SCENE[kind])
    tab.settle()
    tab.page.wait_for_timeout(500)
    following = min(click("Seed", str(seed)) for seed in (1, 2, 3) if tab.settle() is None)
    tab.page.close()
    return first, following


def hovering(browser: Browser, url: str) -> dict[str, float]:
    """Percentiles over 400 moves of the pointer across the maps, with the image and its boxes beside them."""
    tab = CanvasPage(browser.new_page(viewport={"width": 1200, "height": 1000}))
    tab.go(f"{url}/?scene=layer", "layer")
    box = tab.stage.bounding_box()
    before = len(tab.sent)
    for place in range(400):
        tab.page.mouse.move(
            box["x"] + 32 + place * 37 % (box["width"] - 40), box["y"] + 4 + place * 23 % (box["height"] - 8)
        )
    tab.settle()
    times = sorted(tab.page.evaluate("performance.getEntriesByName('cnnviz-hover').map(entry => entry.duration)"))
    sent = len(tab.sent) - before
    tab.page.close()
    return {
        "answers": len(times),
        "p50": round(times[len(times) // 2], 1),
        "p95": round(times[int(len(times) * 0.95)], 1),
        "most": round(times[-1], 1),
        "frames_sent": sent,
    }


if __name__ == "__main__":
    main()
