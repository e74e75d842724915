"""A server for the demo page, and a Chromium to open it with."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from driver import CanvasPage

ROOT = Path(__file__).parents[2]
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def served() -> Iterator[str]:
    """The address of a server of the demo page."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(Path(__file__).with_name("demo.py")),
        "--server.headless",
        "true",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        until = monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=2).close()
                break
            except OSError:
                if monotonic() > until or server.poll() is not None:
                    raise
                sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture
def open_canvas(tab, demo_url) -> Callable[..., CanvasPage]:
    """`open_canvas("layer", seed=1, width=390, touch=True, dark=True)`: the demo page, its canvas drawn."""

    def open_(
        scene: str, width: int = 1200, touch: bool = False, dark: bool = False, **query: object
    ) -> CanvasPage:
        kind = {"touch": True, "is_mobile": True} if touch else {}
        page = CanvasPage(tab(width=width, height=1000, dark=dark, **kind))
        page.go(
            f"{demo_url}/?scene={scene}" + "".join(f"&{name}={value}" for name, value in query.items()), scene
        )
        return page

    return open_
