"""The trace of each family as a table, kept as text: a change of any number shows in the difference.

`python -m pytest tests/trace/test_golden_traces.py --update-golden` writes the tables anew.
"""

from pathlib import Path

import pytest

from cnnviz.cli.command import main
from cnnviz.zoo import ARCHITECTURES

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", list(ARCHITECTURES))
def test_a_family_is_traced_as_its_golden_table_says(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("CNNVIZ_LANG", "en")
    assert main(["trace", name]) == 0
    traced = capsys.readouterr().out
    path = GOLDEN / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        path.write_text(traced, encoding="utf-8")
    assert traced == path.read_text(encoding="utf-8")


def test_every_golden_table_is_of_a_family() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(ARCHITECTURES)
