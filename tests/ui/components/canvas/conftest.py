"""A server for the demo page, and a Chromium to open it with."""

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import urlencode

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from driver import CanvasPage

ROOT = Path(__file__).parents[4]
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
        str(Path(__file__).with_name("demo_app.py")),
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


@pytest.fixture(scope="session")
def open_canvas(reader, demo_url) -> Callable[..., CanvasPage]:
    """`open_canvas("layer", seed=1, width=390, touch=True, dark=True)`: the demo page, its canvas drawn.

    Every kind of reader has one tab, in which each opening is a visit of its own; with `fresh` the page is loaded.
    """
    kept: dict[tuple[bool, bool], CanvasPage] = {}
    visits = count(1)

    def open_(
        scene: str, width: int = 1200, touch: bool = False, dark: bool = False, fresh: bool = False, **query: object
    ) -> CanvasPage:
        if fresh and (touch, dark) in kept:
            kept.pop((touch, dark)).page.close()
        kind = {"has_touch": True, "is_mobile": True} if touch else {"has_touch": False}
        known = (touch, dark) in kept
        if not known:
            kept[touch, dark] = CanvasPage(reader(locale="en-GB", **kind).new_page())
        tab = kept[touch, dark]
        tab.page.set_viewport_size({"width": width, "height": 1000})
        tab.page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="no-preference")
        number = next(visits)
        address = "/?" + urlencode({"visit": number, "scene": scene, **query})
        if known:
            tab.visit(number, address, scene)
        else:
            tab.go(demo_url + address, scene)
        return tab

    return open_
