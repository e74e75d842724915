"""A network of one's own file leaves it as data, with its weights."""

import json

import pytest
import torch

from cnnviz.cli.command import main
from cnnviz.models import load_model

SOURCE = """
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(3)
        self.conv = nn.Conv2d(1, 4, 3)
        self.unused = nn.Linear(3, 3)
        self.fc = nn.Linear(4 * 13 * 13, 10)

    def forward(self, x):
        return self.fc(torch.max_pool2d(self.conv(x).relu(), 2).flatten(1))


number = 3
if __name__ == "__main__":
    raise SystemExit("the file is not run as a script")
"""


def test_the_file_that_is_written_holds_the_network_and_its_weights(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(SOURCE)
    assert main(["export", "net.py:Net", "--input", "1,28,28", "--out", "net.safetensors", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["operations"] == 5
    space = {"__name__": "again"}
    exec(SOURCE, space)
    image = torch.rand(2, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(load_model("net.safetensors").network()(image), space["Net"]()(image))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["net.py:Net", "--input", "1,28,28"],
        ["net.py:Net", "--input", "a,b", "--out", "x"],
        ["gone.py:Net", "--input", "1,28,28", "--out", "x"],
        ["net.py:number", "--input", "1,28,28", "--out", "x"],
        ["net.py", "--input", "1,28,28", "--out", "x"],
        ["net.py:Net", "--input", "1,9,9", "--out", "x"],
    ],
)
def test_a_wrong_call_ends_in_one_sentence(tmp_path, capsys, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(SOURCE)
    assert main(["export", *words]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
