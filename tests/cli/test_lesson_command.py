"""`python -m cnnviz lesson`: a handout and a spreadsheet in files."""

from pathlib import Path

import pytest

from cnnviz.cli.command import main
from cnnviz.lessons.table import lessons


def test_a_lesson_is_written_in_the_language_of_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNVIZ_LANG", "zh-Hant")
    assert main(["lesson", "convolution", "--html", "out.html", "--xlsx", "out.xlsx", "--item", "3"]) == 0
    assert lessons()["convolution"].title["zh-Hant"] in (tmp_path / "out.html").read_text(encoding="utf-8")
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    assert capsys.readouterr().out.count("out.") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "convolution"),
        (["nonsense", "--html", "out.html"], "nonsense"),
        (["padding"], "--html"),
        (["padding", "--html", "out.html", "--item", "x"], "--item"),
        (["padding", "--html", "no/such/folder/out.html"], "cannot be written"),
    ],
)
def test_a_wrong_call_is_one_sentence(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lesson", *words]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
