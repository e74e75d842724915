"""Addresses of no page: they open the first page, which says so in the user's language; Streamlit would speak
English."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlencode

from cnnviz.ui.core import metrics
from cnnviz.ui.core.menu import HOME, PAGES

App = Callable[..., Awaitable[None]]
LONGEST = 40


class UnknownPageRedirect:
    """An ASGI middleware that sends a browser which asks for `/nowhere` to `/?page=nowhere`."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: App, send: App) -> None:
        """Answer a request, or pass it on."""
        place = _redirect_target(scope)
        if place is None:
            await self.app(scope, receive, send)
            return
        headers = [(b"location", place.encode("ascii")), (b"content-length", b"0")]
        await send({"type": "http.response.start", "status": 307, "headers": headers})
        await send({"type": "http.response.body", "body": b""})


def _redirect_target(scope: MutableMapping[str, Any]) -> str | None:
    """Return the target of a request for a page that does not exist, relative to it; None for any other."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    if b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
        return None  # no address that someone opened
    name = scope["path"].rpartition("/")[2]
    inside = scope["path"].removeprefix(scope.get("root_path", "")).strip("/")
    if inside != name or not name or name.startswith("_") or "." in name:
        return None
    if name == HOME.name:
        return "./"
    return None if name in PAGES or name in metrics.PATHS else f"./?{urlencode({'page': name[:LONGEST]})}"
