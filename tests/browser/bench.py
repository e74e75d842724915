"""How quick the pages are in Chromium: `python tests/browser/bench.py`; one JSON document, milliseconds.

home: from asking a freshly started server for the page to the visible trace, against the first element of a bare
one-line Streamlit page, in pairs; steps: from pressing the right arrow to the next layer's maps on the canvas, warm,
with nothing else to do and while a run trains.
"""

import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PAIRS = 5
STEPS = 8
TRAINING = "/studio?net=lenet&set.epochs=1000&set.learning_rate=0.1"
"""A run that lasts longer than a walk."""
WALKS = {
    "resnet-18 at 96": "/walkthrough?net=resnet&weights=untrained&layer=stem.conv",
    "vgg-16 at 224": "/walkthrough?net=vgg&vgg.config=D",
}
SHOWN = """() => { for (const host of document.querySelectorAll('[data-testid=stBidiComponentIsolated]')) {
    const state = host.shadowRoot?.querySelector('.cnnviz-canvas')?.dataset.state;
    if (state) return JSON.parse(state).panels.map(panel => panel.tensor).join(); } }"""
STEP = f"""async () => {{
    const shown = {SHOWN}, before = shown(), start = performance.now();
    document.dispatchEvent(new KeyboardEvent('keydown', {{key: 'ArrowRight', code: 'ArrowRight', bubbles: true}}));
    for (;;) {{
        await new Promise(requestAnimationFrame);
        const now = shown();
        if (now && now !== before) return performance.now() - start;
        if (performance.now() - start > 30000) throw new Error('no new maps');
    }} }}"""


def main() -> None:
    """Measure and print."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        print(json.dumps({"home": home(browser), "steps": steps(browser)}, indent=2))
        browser.close()


def home(browser: Browser) -> dict[str, float]:
    """The first page against a bare one, cold."""
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as bare:
        bare.write("import streamlit as st\nst.write('one line')\n")
    ours, theirs = [], []
    for _ in range(PAIRS):
        ours.append(first_element(browser, "app.py", ".sheet"))
        theirs.append(first_element(browser, bare.name, "[data-testid=stMarkdownContainer] p"))
    return {
        "ours": round(statistics.median(ours)),
        "bare": round(statistics.median(theirs)),
        "ratio": round(statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True)), 2),
    }


def first_element(browser: Browser, script: str, selector: str) -> float:
    """Milliseconds from asking a fresh server to the first visible `selector`."""
    with served(script) as address:
        context = browser.new_context(bypass_csp=True)
        page = context.new_page()
        start = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.locator(selector).first.wait_for(timeout=60_000)
        elapsed = 1000 * (time.perf_counter() - start)
        context.close()
        return elapsed


def steps(browser: Browser) -> dict[str, dict[str, dict[str, float]]]:
    """Next layer to new maps, after the whole way was walked once."""
    with served("app.py") as address:
        idle = {name: walk(browser, address + path) for name, path in WALKS.items()}
        with browser.new_page(bypass_csp=True) as studio:
            studio.goto(address + TRAINING)
            studio.locator(".st-key-train button").click()
            studio.get_by_role("button", name="Pause", exact=True).wait_for(timeout=60_000)
        trains = {name: walk(browser, address + path) for name, path in WALKS.items()}
        with browser.new_page(bypass_csp=True) as studio:  # the run has not ended meanwhile
            studio.goto(address + TRAINING.partition("?")[0])
            studio.get_by_role("button", name="Pause", exact=True).wait_for(timeout=60_000)
    return {"idle": idle, "while a run trains": trains}


def walk(browser: Browser, address: str) -> dict[str, float]:
    """Milliseconds of some steps: their median and the largest."""
    page = browser.new_context(bypass_csp=True, viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.wait_for_function(SHOWN, timeout=120_000)
    page.wait_for_timeout(2000)
    times = []
    for _ in range(STEPS + 1):
        times.append(page.evaluate(STEP))
        page.wait_for_timeout(700)
    page.close()
    return {"median": round(statistics.median(times[1:])), "most": round(max(times[1:]))}


@contextmanager
def served(script: str) -> Iterator[str]:
    """A server of its own for `script`."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    runs = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # a worker writes until it sees the server gone
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            script,
            "--server.headless=true",
            f"--server.port={port}",
            "--server.address=127.0.0.1",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CNNVIZ_RUNS": runs.name},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                    break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)
        runs.cleanup()


if __name__ == "__main__":
    main()
