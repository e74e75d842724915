"""What reaches a terminal, whatever a user wrote and wherever the output goes."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from cnnviz.cli.command import COMMANDS, main
from cnnviz.cli.output import print_json, print_line

STRANGE = (
    "~nosuchuser/x",
    "x" * 300,
    "x" * 5000,
    "x/" * 3000,
    "a\0b",
    "\udcff\ud800",
    "a\nb\x1b[2J\u202e",
    "/dev/zero",
    "/",
    ".",
    "circle/x",
    "pipe",
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("CNNVIZ_PROFILE", raising=False)
    (tmp_path / "circle").symlink_to("circle")
    os.mkfifo(tmp_path / "pipe")
    os.mkfifo(tmp_path / "pipe.npz")
    os.mkfifo(tmp_path / "pipe.safetensors")
    return tmp_path


@pytest.mark.parametrize(
    "before",
    [
        ["trace"],
        ["trace", "lenet", "-o"],
        ["trace", "lenet", "--input"],
        ["train", "lenet", "--limit", "20", "--out"],
        ["train", "lenet", "--dataset", "mnist", "--data-dir"],
        ["train", "--resume"],
        ["evaluate"],
        ["evaluate", "lenet-digits", "--dataset"],
        ["attribute", "lenet-digits"],
        ["attribute", "lenet-digits", "digits:3", "--method"],
        ["attribute", "lenet-digits", "digits:3", "--method", "gradient", "--out"],
        ["bench"],
        [],
    ],
    ids=" ".join,
)
def test_a_strange_word_is_refused_in_one_line(capsys, monkeypatch, before):
    monkeypatch.setenv("CNNVIZ_DATA", "/nonexistent")
    for word in STRANGE:
        if before[-1:] in (["--out"], ["--data-dir"]) and word in ("\udcff\ud800", "a\nb\x1b[2J\u202e", "/", "."):
            continue  # names that a folder may have, and folders
        method = ["--method", "gradient"] if before == ["attribute", "lenet-digits"] else []
        assert main([*before, word, *method]) == 2, word
        err = capsys.readouterr().err
        assert len(err.strip().splitlines()) == 1
        assert err.encode()
        assert err.strip().isprintable()
        assert len(err) < 2500


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["attribute", "lenet-digits", "digits:3", "--method", "gradient", "--out", "pipe.npz"], "not supported"),
        (["attribute", "lenet-digits", "digits:3", "--method", "gradient", "--out", "nowhere/m.npz"], "No such file"),
        (["attribute", "lenet-digits", "pipe", "--method", "gradient"], "no image file"),
        (["evaluate", "pipe.safetensors"], "no trained network"),
    ],
)
def test_a_pipe_or_a_folder_that_is_not_there_is_refused_before_any_work(capsys, monkeypatch, words, said):
    def never(*arguments, **settings):
        raise AssertionError

    monkeypatch.setattr("cnnviz.attribution.find_method", never) if "--out" in words else None
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_a_mistake_of_the_program_is_one_line_too_and_its_traceback_is_for_who_asks(capsys, monkeypatch):
    def wrong(arguments, t):
        raise OSError("a\nb")

    monkeypatch.setattr(COMMANDS["list"], "run", wrong)
    assert main(["list"]) == 1
    err = capsys.readouterr().err
    assert r"OSError: a\nb" in err
    assert "CNNVIZ_DEBUG=1" in err
    monkeypatch.setenv("CNNVIZ_DEBUG", "1")
    assert main(["list"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_names_cannot_move_the_cursor_of_a_terminal(capsys):
    print_line("a\x1b[2Jb\rc\nd\u202e")
    assert capsys.readouterr().out == "a\\x1b[2Jb\\rc\nd\\u202e\n"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_json_stays_json_where_a_number_is_none(capsys, value):
    def refuse(name: str) -> Any:
        raise AssertionError(name)

    print_json({"loss": value, "all": [1.5, (value, 2)], "name": "\ud800é"})
    document = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert document == {"loss": None, "all": [1.5, [None, 2]], "name": "\ud800é"}


def in_a_shell(line: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, env=_environment(**settings))


def _environment(**settings: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **settings}


@pytest.mark.parametrize("settings", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_console_that_knows_few_characters_is_written_to(settings):
    done = in_a_shell(
        f"{sys.executable} -m cnnviz train --help; {sys.executable} -m cnnviz 猫", **settings, CNNVIZ_LANG="zh"
    )
    assert "Traceback" not in done.stderr
    assert "--dataset" in done.stdout
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="has no such device")
def test_output_that_is_closed_left_early_or_full_ends_without_a_traceback():
    line = f"{sys.executable} -m cnnviz"
    closed = in_a_shell(f"{line} --help >&-; echo $?; {line} nosuch 2>&-; echo $?; {line} nosuch <&- >&- 2>&-; echo $?")
    assert closed.stdout.split() == ["0", "2", "2"]
    assert closed.stderr == ""
    assert in_a_shell(f"{line} --help | true").stderr == ""
    full = in_a_shell(f"{line} --help > /dev/full")
    assert (full.returncode, full.stderr) == (2, "The output cannot be written: No space left on device.\n")


def test_ctrl_c_while_modules_are_loaded_ends_without_a_traceback():
    code = (
        "import importlib.abc, os, runpy, signal, sys\n"
        "class Finder(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'cnnviz.cli.command': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n"
        "runpy.run_module('cnnviz', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=_environment())
    assert done.returncode == -2
    assert done.stderr == ""
