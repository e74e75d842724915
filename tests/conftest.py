"""Fixtures for all tests: one thread for torch, a browser, and Streamlit servers that end with the test."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
os.environ.setdefault("OMP_NUM_THREADS", "1")

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A headless Chromium; without one the test is left out, except where CI promises one."""
    executable = shutil.which("chromium")
    if executable is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have Chromium")
        pytest.skip("needs Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[..., str]]:
    """Starts `streamlit run <script>` on a free port once per script and settings; gives its address."""
    servers: dict[tuple[str, ...], tuple[subprocess.Popen[bytes], str]] = {}

    def start(script: str = "app.py", **settings: str) -> str:
        key = (script, *map(str, settings.items()))
        if key not in servers:
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                port = listener.getsockname()[1]
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true", f"--server.port={port}",
                 "--server.address=127.0.0.1"], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)} | settings,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            servers[key] = process, f"http://127.0.0.1:{port}"
            _wait(servers[key][1])
        return servers[key][1]

    yield start
    for process, _ in servers.values():
        process.terminate()
    for process, _ in servers.values():
        process.wait(10)


@pytest.fixture
def visit(chromium, serve) -> Iterator[Callable[..., object]]:
    """Opens a path of the app (or of another script) in a fresh browser context and waits until it has settled."""
    contexts = []

    def open_page(path: str = "/", script: str = "app.py", width: int = 1280, height: int = 900, locale: str = "en-GB",
                  dark: bool = False, touch: bool = False) -> object:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale=locale, has_touch=touch,
                                       color_scheme="dark" if dark else "light")
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(serve(script) + path)
        settle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def settled() -> Callable[[object], None]:
    """Waits until a page's script has run to its end."""
    return settle


def settle(page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(150)


def _wait(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
