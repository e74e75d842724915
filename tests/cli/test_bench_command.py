import json
import sys
from dataclasses import dataclass
from types import ModuleType

import pytest

from cnnviz.cli import bench_command
from cnnviz.cli.command import main
from cnnviz.errors import UserError


@dataclass(frozen=True, slots=True)
class Ratio:
    network: str
    ours: float
    theirs: float

    @property
    def ratio(self):
        return self.ours / self.theirs


@pytest.fixture
def measured(monkeypatch):
    """A bench that gives fixed records, in the place of the one that takes minutes."""
    module = ModuleType("cnnviz.bench.trace")
    module.run = lambda: (Ratio("vgg", 0.0123456, 0.0246912), Ratio("resnet", 1.5, 1.0))
    monkeypatch.setitem(sys.modules, "cnnviz.bench.trace", module)
    return module


def test_records_are_printed_as_rows_or_as_json(capsys, measured):
    assert main(["bench", "trace", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"network": "vgg", "ours": 0.0123456, "theirs": 0.0246912, "ratio": 0.5},
        {"network": "resnet", "ours": 1.5, "theirs": 1.0, "ratio": 1.5},
    ]
    assert main(["bench", "trace"]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["network", "ours", "theirs", "ratio"],
        ["vgg", "0.01235", "0.02469", "0.5"],
        ["resnet", "1.5", "1", "1.5"],
    ]


def test_a_rival_that_is_not_installed_is_named(capsys, measured):
    def run():
        raise UserError("bench_needs", package="rival")

    measured.run = run
    assert main(["bench", "trace"]) == 2
    assert "rival" in capsys.readouterr().err


def test_rows_go_to_the_bench_that_takes_them_and_to_no_other(capsys, measured):
    assert main(["bench", "trace", "vgg"]) == 2
    assert "trace" in capsys.readouterr().err
    measured.run = lambda names=(): (Ratio(name, 1.0, 1.0) for name in names)
    assert main(["bench", "trace", "vgg", "--json"]) == 0
    assert [row["network"] for row in json.loads(capsys.readouterr().out)] == ["vgg"]


def test_every_bench_of_the_menu_can_be_run():
    from importlib import import_module

    for name in bench_command.BENCHES:
        assert callable(import_module(f"cnnviz.bench.{name}").run)
