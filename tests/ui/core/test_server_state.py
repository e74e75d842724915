import ast
from pathlib import Path
from threading import Barrier, Thread

import pytest
import streamlit as st

from cnnviz.runs import RunQueue
from cnnviz.ui.core.server_state import server_state
from cnnviz.ui.inputs import run_queue

UI = Path(__file__).parents[3] / "cnnviz" / "ui"


def test_a_cleared_cache_makes_no_second_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    first = run_queue.shared_queue()
    st.cache_resource.clear()
    st.cache_data.clear()
    assert isinstance(first, RunQueue)
    assert run_queue.shared_queue() is first
    first.close()


def test_threads_that_ask_at_once_get_one_value() -> None:
    together, found = Barrier(8), []

    @server_state
    def made() -> object:
        return object()

    def ask() -> None:
        together.wait()
        found.append(made())

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(value) for value in found}) == 1


def test_no_cache_of_streamlit_holds_what_is_changed_in_place() -> None:
    """A function without arguments computes nothing: what it makes is filled later, and would be lost."""
    found = [
        f"{path.name}: {node.name}"
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and not (node.args.args or node.args.kwonlyargs)
        and any("cache_resource" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]
    assert found == []
