"""Security headers, a closed address for the metrics, and refused origins."""

import os
import re
from collections.abc import MutableMapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnviz.ui.core.middleware.environment import is_hosted

FRAME_ANCESTORS = "CNNVIZ_FRAME_ANCESTORS"
"""The variable with the sites, besides the app's own, that may show it in a frame: `https://moodle.example.edu …`."""
HOSTS = "https://*.streamlit.app https://share.streamlit.io https://huggingface.co https://*.hf.space"
"""The sites of hosted Streamlit and of Hugging Face, which show every app in a frame of their own."""
CLOSED = "/_stcore/metrics"
"""Counts and sizes of the server's caches and sessions."""
LOOPBACK = ("localhost", "127.0.0.1", "0.0.0.0", "::1")

# Streamlit sets styles in its script, and the code of components comes as blobs; its page, and hosts that serve it
# on, hold scripts of their own.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}


class Security:
    """An ASGI middleware that sets security headers, hides the metrics and refuses pages of other local servers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "websocket" and is_foreign(scope):
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"].rstrip("/").endswith(CLOSED):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *security_headers()]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def security_headers() -> list[tuple[bytes, bytes]]:
    """Return the headers of every answer."""
    named = os.environ.get(FRAME_ANCESTORS)
    sites = named if named is not None else HOSTS if is_hosted() else ""
    ancestors = " ".join(["'self'", *re.sub(r"[;,\s]+", " ", sites).split()])
    policy = "; ".join(f"{name} {value}" for name, value in {**_POLICY, "frame-ancestors": ancestors}.items())
    return [
        (b"content-security-policy", policy.encode("ascii", "ignore")),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),  # the address of a page may hold the link of a run
    ]


def is_foreign(scope: MutableMapping[str, Any]) -> bool:
    """Return whether a page of another server on this machine opens the connection.

    Streamlit takes every port of localhost for its own. Other origins it judges itself, by `server.corsAllowedOrigins`
    among others, which holds here too.
    """
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    here = urlsplit(origin)
    if not origin or here.hostname not in LOOPBACK or here.netloc == headers.get(b"host", b"").decode("latin-1"):
        return False
    return origin not in st.get_option("server.corsAllowedOrigins")
