"""Fixtures for all tests: one thread for torch, a browser, and Streamlit servers that end with the tests."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
os.environ.setdefault("OMP_NUM_THREADS", "1")
_RUNS = tempfile.TemporaryDirectory(prefix="cnnviz-runs-", ignore_cleanup_errors=True)
os.environ["CNNVIZ_RUNS"] = _RUNS.name  # no test sees the runs of whoever runs it

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
FOLLOW = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-golden` writes the golden traces anew."""
    parser.addoption("--update-golden", action="store_true", help="write the golden traces anew")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the browser comes first: of two workers one then has it, its servers and their caches to itself."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def pytest_collection_finish() -> None:
    """Sessions without a browser wait for no paint, and share one look at the packages that are installed.

    Streamlit reads the metadata of all of them for each `AppTest`: half a second.
    """
    if "streamlit.testing.v1" in sys.modules:
        from streamlit.components.v2 import manifest_scanner

        from cnnviz.ui.core import shell

        manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
        shell._FIRST_PAINT_SECONDS = shell._FLUSH_SECONDS = 0


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
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    """Starts `streamlit run <script>` on a free port once per script and settings, with a folder of runs of its own;
    gives its address."""
    servers: dict[tuple[str, ...], tuple[subprocess.Popen[bytes], str]] = {}

    def start(script: str = "app.py", **settings: str) -> str:
        key = (script, *map(str, settings.items()))
        if key not in servers:
            with socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                port = listener.getsockname()[1]
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
                env=os.environ
                | {"PYTHONPATH": str(ROOT), "CNNVIZ_RUNS": str(tmp_path_factory.mktemp("runs"))}
                | settings,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            path = settings.get("STREAMLIT_SERVER_BASE_URL_PATH", "")
            servers[key] = process, f"http://127.0.0.1:{port}/{path}".rstrip("/")
            _wait(servers[key][1])
        return servers[key][1]

    yield start
    for process, _ in servers.values():
        process.terminate()
    for process, _ in servers.values():
        process.wait(10)


@pytest.fixture(scope="session")
def reader(chromium) -> Iterator[Callable[..., object]]:
    """The browser context of a kind of reader, kept: a fresh one loads all of Streamlit's own code again.

    Playwright waits for an expression by evaluating it in the page, which the app's own policy forbids; so these
    contexts leave the policy out, and `test_policy.py` opens pages under it.
    """
    kept: dict[tuple[tuple[str, object], ...], object] = {}

    def of_kind(**kind: object) -> object:
        key = tuple(sorted(kind.items()))
        if key not in kept:
            kept[key] = chromium.new_context(bypass_csp=True, **kind)
        return kept[key]

    yield of_kind
    for context in kept.values():
        context.close()


@pytest.fixture
def tab(reader) -> Iterator[Callable[..., object]]:
    """Opens a blank tab of a reader; it is closed after the test, and what the page had stored is gone."""
    opened = []

    def open_tab(
        width: int = 1280,
        height: int = 900,
        dark: bool = False,
        locale: str = "en-GB",
        touch: bool = False,
        **kind: object,
    ) -> object:
        page = reader(locale=locale, has_touch=touch, **kind).new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_default_timeout(60_000)
        return page

    yield open_tab
    for page in opened:
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear()")
    for page in opened:
        page.close()


@pytest.fixture
def visit(tab, serve) -> Callable[..., object]:
    """Opens a path of the app (or of another script) in a tab of its own and waits until it has settled."""

    def open_page(path: str = "/", script: str = "app.py", **settings: object) -> object:
        page = tab(**settings)
        page.goto(serve(script) + path)
        settle(page)
        return page

    return open_page


@pytest.fixture(scope="session")
def follow() -> Callable[[object, str], None]:
    """Brings an open tab to another address, as the browser's own arrows do: only the app's script runs again.

    Whoever follows a link waits for what it shows.
    """
    return lambda page, path: page.evaluate(FOLLOW, path)


@pytest.fixture(scope="module")
def same_tab(reader, serve, follow) -> Iterator[Callable[..., object]]:
    """Brings one tab, kept for the tests of a file, to a path of the app: it is loaded once, then links are followed.

    Whoever goes on waits for what the path shows; state that a path does not name stays as the test before left it.
    """
    page = reader(locale="en-GB", has_touch=False).new_page()
    page.set_default_timeout(60_000)
    page.emulate_media(color_scheme="light")

    def bring(path: str, width: int = 1280, height: int = 900) -> object:
        page.set_viewport_size({"width": width, "height": height})
        if page.url.startswith(serve()):
            page.evaluate("document.activeElement?.blur()")
            follow(page, path)
            page.wait_for_timeout(150)  # the run of the script that the address asks for has begun
        else:
            page.goto(serve() + path)
        settle(page)
        return page

    yield bring
    page.close()


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
