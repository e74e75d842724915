"""An address of no page."""

from contextlib import suppress
from typing import Any

import pytest

from cnnviz.ui.core.menu import PAGES
from cnnviz.ui.core.not_found import UnknownPageRedirect


def asked(path: str, accept: str = "text/html,*/*", root: str = "", kind: str = "http") -> str | None:
    """Where a request is sent on to; None where it reaches the app."""
    sent: list[dict[str, Any]] = []

    async def app(*_: Any) -> None:
        sent.append({"type": "the app"})

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": kind,
        "method": "GET",
        "path": root + path,
        "root_path": root,
        "headers": [(b"accept", accept.encode())],
    }
    with suppress(StopIteration):  # nothing here waits, so one step is the whole way
        UnknownPageRedirect(app)(scope, app, send).send(None)
    if sent[0]["type"] == "the app":
        return None
    assert sent[0]["status"] == 307
    return dict(sent[0]["headers"])[b"location"].decode()


@pytest.mark.parametrize("root", ["", "/class"])
def test_an_address_of_no_page_leads_to_the_first_which_is_told(root: str) -> None:
    assert asked("/nowhere", root=root) == "./?page=nowhere"
    assert asked("/" + "x" * 900, root=root) == "./?page=" + "x" * 40
    assert asked("/<b>&lang=zh", root=root) == "./?page=%3Cb%3E%26lang%3Dzh"
    assert asked("/\u8def", root=root) == "./?page=%E8%B7%AF"
    assert asked("/home", root=root) == "./"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        *(f"/{name}" for name in PAGES if name != "home"),
        "/_stcore/health",
        "/static/js/index.js",
        "/favicon.png",
        "/media/abc",
    ],
)
def test_pages_and_streamlits_own_addresses_reach_the_app(path: str) -> None:
    assert asked(path) is None


def test_only_what_someone_opens_is_sent_on() -> None:
    assert asked("/nowhere", accept="application/json") is None
    assert asked("/nowhere", kind="websocket") is None
