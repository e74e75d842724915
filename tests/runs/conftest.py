from pathlib import Path

import pytest

from cnnviz.runs.limits import Limits, limits
from cnnviz.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    return RunStore()


@pytest.fixture
def hosted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    return RunStore()


@pytest.fixture
def allowed() -> Limits:
    return limits()
