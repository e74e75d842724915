import pytest

from cnnviz.cli.command import COMMANDS, command_parser, main
from cnnviz.cli.text_table import aligned, width
from cnnviz.text import LANGUAGES, load


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command_names_all_it_takes(capsys, monkeypatch, name, language):
    monkeypatch.setenv("CNNVIZ_LANG", language)
    assert main([name, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.strip() == load("cli", language)(f"help.{name}").strip()
    for action in command_parser(name)._actions:
        assert all(option in said for option in action.option_strings)


def test_the_help_names_every_command(capsys):
    for flag in ("--help", "-h"):
        assert main([flag]) == 0
        said = capsys.readouterr().out
        assert all(f"\n  {name} " in said for name in COMMANDS)


def test_no_help_tells_of_a_command_that_is_not_there():
    assert {key.split(".")[1] for key in load("cli").keys("help.")} == {"commands", *COMMANDS}


@pytest.mark.parametrize(
    ("locale", "said"), [("zh-TW", "沒有"), ("zh_CN", "没有"), ("zh", "没有"), ("fr", "There is"), ("", "There is")]
)
def test_the_language_comes_from_the_environment(capsys, monkeypatch, locale, said):
    monkeypatch.setenv("CNNVIZ_LANG", locale)
    assert main(["paint"]) == 2
    assert said in capsys.readouterr().err


def test_columns_are_aligned_also_where_characters_are_wide():
    assert width("层×A") == 4
    assert width("e\u0301❤\ufe0f") == 2
    rows = aligned([["层", "参数量"], ["conv1", "12"], ["池", "3,456"]], right=(1,)).splitlines()
    assert rows == ["层     参数量", "conv1      12", "池      3,456"]
    assert {width(row) for row in rows} == {13}


def test_an_interrupted_command_is_quiet(capsys, monkeypatch):
    def interrupted(arguments, t):
        raise KeyboardInterrupt

    monkeypatch.setattr(COMMANDS["list"], "run", interrupted)
    assert main(["list"]) == 130
    assert capsys.readouterr().err == ""
