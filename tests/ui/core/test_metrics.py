"""The counters of the server, by requests to the app that `app.py` makes and to parts of it."""

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from cnnviz.errors import UserError
from cnnviz.ui.core import metrics
from cnnviz.ui.core.not_found import UnknownPageRedirect
from tests import asgi

ROOT = Path(__file__).parents[3]


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that counts, with nothing counted yet."""
    monkeypatch.setenv(metrics.VARIABLE, "1")
    metrics._collectors.cache_clear()
    yield
    metrics._collectors.cache_clear()


def _metrics() -> str:
    status, headers, body = asgi.get(Starlette(routes=metrics.routes()), "/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    return body.decode()


def test_the_probe_answers_and_metrics_are_closed_unless_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(metrics.VARIABLE, raising=False)
    server = Starlette(routes=metrics.routes())
    assert asgi.get(server, "/healthz")[::2] == (200, b"ok\n")
    assert asgi.get(server, "/metrics")[0] == 404


@pytest.mark.usefixtures("counting")
def test_runs_of_pages_and_error_sentences_are_counted() -> None:
    for _ in range(3):
        with metrics.timed_run("walkthrough"):
            pass
    with pytest.raises(UserError), metrics.timed_run("studio"):
        raise UserError("run_unknown")
    metrics.count_error("run_unknown")
    lines = _metrics().splitlines()
    assert 'cnnviz_page_run_seconds_count{page="walkthrough"} 3.0' in lines
    assert 'cnnviz_page_run_seconds_count{page="studio"} 1.0' in lines
    assert 'cnnviz_errors_total{key="run_unknown"} 1.0' in lines


@pytest.mark.usefixtures("counting")
def test_every_budget_and_what_its_cache_holds_are_told() -> None:
    text = _metrics()
    for name in metrics.BUDGETS:
        assert f'cnnviz_memory_budget_bytes{{budget="{name}"}}' in text
    assert 'cnnviz_memory_held_bytes{budget="networks"}' in text


@pytest.mark.usefixtures("counting")
def test_a_gauge_is_read_at_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_gauges", {})
    numbers = iter((2, 5))
    metrics.add_gauge("runs_training", "Runs that train.", lambda: next(numbers))
    assert "cnnviz_runs_training 2.0" in _metrics()
    assert "cnnviz_runs_training 5.0" in _metrics()


def test_a_browser_counts_from_the_acceptance_of_its_connection_to_its_end() -> None:
    seen: list[int] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(metrics.server_load().connections)
        await send({"type": "websocket.accept"})
        seen.append(metrics.server_load().connections)
        raise ConnectionError

    async def send(message: Any) -> None:
        pass

    before = metrics.server_load().connections
    with pytest.raises(ConnectionError):
        metrics.ConnectionCount(app)({"type": "websocket"}, None, send).send(None)  # type: ignore[arg-type]
    assert [count - before for count in (*seen, metrics.server_load().connections)] == [0, 1, 0]


def test_the_addresses_of_the_counters_are_no_unknown_pages() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    statuses = [asgi.get(UnknownPageRedirect(app), f"/{path}", "text/html")[0] for path in (*metrics.PATHS, "nowhere")]
    assert statuses == [204, 204, 307]


def test_the_app_has_the_routes_and_the_count() -> None:
    layers = runpy.run_path(str(ROOT / "app.py"))["LAYERS"]
    assert metrics.ConnectionCount in layers
