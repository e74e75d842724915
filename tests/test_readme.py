"""What the README promises is there."""

import re
import shlex
from pathlib import Path

import pytest

from cnnviz.cli.bench_command import BENCHES
from cnnviz.cli.command import main, parse

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines()]
COMMANDS = [shlex.split(line)[3:] for line in SHELL if line.startswith("python -m cnnviz")]
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
MEASURING = [words for words in COMMANDS if words[0] == "bench"]
QUICK = [words for words in COMMANDS if words[0] != "bench"]
LINKS = sorted(
    {
        link
        for name in ("README.md", "CONTRIBUTING.md")
        for link in re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("link", LINKS)
def test_every_link_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("words", QUICK, ids=" ".join)
def test_every_command_of_the_readme_runs(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("cnnviz.cli.train_command.lower_priority", lambda: None)  # the tests' own process stays quick
    monkeypatch.chdir(tmp_path)
    net = "from torch import nn\n\nNet = nn.Sequential(nn.Conv2d(1, 6, 5), nn.Flatten(), nn.Linear(3456, 10))\n"
    (tmp_path / "net.py").write_text(net)  # the user's own
    assert main(words) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("source", PYTHON)
def test_the_python_of_the_readme_runs(source: str) -> None:
    names: dict[str, object] = {}
    exec(compile(source, "README.md", "exec"), names)
    assert names["model"].class_names("en")[int(names["probabilities"].argmax())] == "0"


def test_the_readme_loads_a_trained_model_in_three_lines() -> None:
    lines = [line for block in PYTHON for line in block.splitlines() if line and "import" not in line]
    assert [line.partition(" = ")[0] for line in lines] == ["model", "x", "probabilities"]


@pytest.mark.parametrize("words", MEASURING, ids=" ".join)
def test_every_measuring_command_of_the_readme_is_one(words: list[str]) -> None:
    assert parse(words[0], words[1:]).bench in BENCHES


def test_the_readme_shows_every_command() -> None:
    from cnnviz.cli.command import COMMANDS as KNOWN

    assert {words[0] for words in COMMANDS} == set(KNOWN)


def test_the_files_that_the_readme_installs_and_runs_are_there() -> None:
    installed = re.findall(r"-r (\S+\.txt)", README)
    assert installed
    assert all((ROOT / name).is_file() for name in [*installed, *re.findall(r"streamlit run (\S+\.py)", README)])


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    command = README.partition("<!-- test -->")[2].partition("<!-- end of test -->")[0]
    assert "requirements-dev.txt" in command
    assert "python -m pytest" in command
    assert "README.md" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
