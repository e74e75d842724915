"""The server's counters: for its probe at `/healthz`, for Prometheus at `/metrics`, and for one line on a page.

Nothing counted is of one user: no address, no link, no text that somebody typed. `/metrics` is there only where
`CNNVIZ_METRICS=1` is set as the server starts.
"""

import os
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnviz.ui.core.admission import brief_gate, heavy_gate
from cnnviz.ui.core.base_path import below_base
from cnnviz.ui.core.memory_budget import BUDGETS, COMPUTATIONS, budget_bytes, held_bytes
from cnnviz.ui.core.script_turns import script_turns

VARIABLE = "CNNVIZ_METRICS"
"""Set to 1, the variable that opens `/metrics`."""
PATHS = ("metrics", "healthz")
"""Addresses of this module, which are no pages."""

_gauges: dict[str, tuple[str, Callable[[], float]]] = {}
_connections = 0


def is_enabled() -> bool:
    """Return whether the server counts for Prometheus."""
    return os.environ.get(VARIABLE) == "1"


def add_gauge(name: str, help: str, read: Callable[[], float]) -> None:
    """Show the number that `read` returns at each look as `cnnviz_<name>`, and in the line on the page."""
    _gauges[name] = help, read


@contextmanager
def timed_run(page: str) -> Iterator[None]:
    """Count one run of a page's script, or of a part of it, with its seconds."""
    began = perf_counter()
    try:
        yield
    finally:
        if is_enabled():
            _collectors().seconds.labels(page).observe(perf_counter() - began)


def count_error(key: str) -> None:
    """Count an error sentence that a page has shown: the key of a `UserError`, or `unexpected`."""
    if is_enabled():
        _collectors().errors.labels(key).inc()


class ConnectionCount:
    """An ASGI middleware that counts the browsers connected now."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; a WebSocket counts from its acceptance to its end."""
        global _connections
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        accepted = False

        async def send_counted(message: MutableMapping[str, Any]) -> None:
            global _connections
            nonlocal accepted
            if message["type"] == "websocket.accept" and not accepted:
                accepted = True
                _connections += 1
            await send(message)

        try:
            await self.app(scope, receive, send_counted)
        finally:
            _connections -= accepted


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """The load of the server in a few numbers."""

    connections: int
    computing: int
    """Heavy computations that run."""
    in_line: int
    """Heavy computations that wait."""
    runs_training: int | None
    """None while nobody has asked for runs since the server started."""
    runs_waiting: int | None
    held: int
    """Bytes that all caches hold."""
    most: int
    """Bytes that all caches may hold."""


def server_load() -> ServerLoad:
    """Return the load now."""
    gates = heavy_gate(), brief_gate()
    runs = {name: int(_gauges[name][1]()) if name in _gauges else None for name in ("runs_training", "runs_waiting")}
    caches = [name for name in BUDGETS if name != COMPUTATIONS]
    return ServerLoad(
        _connections,
        sum(gate.running for gate in gates),
        sum(gate.waiting for gate in gates),
        held=sum(map(held_bytes, caches)),
        most=sum(map(budget_bytes, caches)),
        **runs,
    )


def routes() -> list[Route]:
    """Return the routes for `st.App`."""
    found = [Route(below_base("healthz"), _answer_probe)]
    return [*found, Route(below_base("metrics"), _answer_metrics)] if is_enabled() else found


def _answer_probe(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def _answer_metrics(request: Request) -> Response:
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    collectors = _collectors()
    for name, (help, read) in (*_gauges.items(), *_own_gauges().items()):
        collectors.gauge(name, help).set(read())
    for name in BUDGETS:
        collectors.budget.labels(name).set(budget_bytes(name))
        if name != COMPUTATIONS:
            collectors.held.labels(name).set(held_bytes(name))
    return Response(generate_latest(collectors.registry), headers={"content-type": CONTENT_TYPE_LATEST})


def _own_gauges() -> dict[str, tuple[str, Callable[[], float]]]:
    gates = heavy_gate(), brief_gate()
    return {
        "connections": ("Browsers connected.", lambda: _connections),
        "computations_running": ("Heavy computations that run.", lambda: sum(gate.running for gate in gates)),
        "computations_waiting": ("Heavy computations that wait in line.", lambda: sum(gate.waiting for gate in gates)),
        "scripts_waiting": ("Scripts of pages that wait for their turn.", lambda: script_turns().waiting),
    }


class _Collectors:
    """The collectors of Prometheus, in a registry of their own."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "cnnviz_page_run_seconds", "Seconds of a run of a page's script.", ["page"], registry=self.registry
        )
        self.errors = Counter("cnnviz_errors", "Error sentences shown, by key.", ["key"], registry=self.registry)
        self.budget = Gauge("cnnviz_memory_budget_bytes", "Bytes of a budget.", ["budget"], registry=self.registry)
        self.held = Gauge("cnnviz_memory_held_bytes", "Bytes that a cache holds.", ["budget"], registry=self.registry)
        self._gauge = Gauge
        self._gauges: dict[str, Any] = {}

    def gauge(self, name: str, help: str) -> Any:
        """Return the gauge `cnnviz_<name>`."""
        if name not in self._gauges:
            self._gauges[name] = self._gauge(f"cnnviz_{name}", help, registry=self.registry)
        return self._gauges[name]


@cache
def _collectors() -> _Collectors:
    return _Collectors()
