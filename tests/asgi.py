"""Requests to an ASGI app without a server."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.types import ASGIApp


def run(work: Coroutine[Any, Any, Any]) -> Any:
    """Return what `work` gives, run in a thread: a browser's test may leave an event loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def get(app: ASGIApp, path: str, accept: str = "*/*") -> tuple[int, dict[str, str], bytes]:
    """Return status, headers and body of the answer to a GET."""
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        messages.append(message)

    headers = [(b"accept", accept.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": headers}
    run(app(scope, receive, send))  # type: ignore[arg-type]
    answered = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return messages[0]["status"], answered, b"".join(message["body"] for message in messages[1:])
