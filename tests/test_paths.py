import os
from pathlib import Path

import pytest

from cnnviz.errors import UserError
from cnnviz.paths import path_kind, read_bytes, user_path


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("~nosuchuser/x", "home directory"),
        ("x" * 300, "too long"),
        ("x/" * 3000, "too long"),
        ("a\0b", "null byte"),
        ("circle", "symbolic links"),
        ("circle/x", "symbolic links"),
    ],
)
def test_a_path_that_the_system_cannot_have_is_refused_in_one_sentence(
    word: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("circle").symlink_to("circle")
    with pytest.raises(UserError, match=why) as refused:
        user_path(word)
    assert refused.value.key == "path_unusable"
    assert len(str(refused.value)) < 350


def test_a_working_folder_that_is_gone_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UserError, match="No such file"):
        user_path("x")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything is permitted here")
def test_a_folder_that_may_not_be_entered_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    for word in (closed, closed / "x"):
        with pytest.raises(UserError, match="Permission denied"):
            user_path(word)


def test_what_stands_at_a_path_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("file")
    kinds = {name: path_kind(tmp_path / name) for name in ("", "file", "link", "pipe", "nothing", "file/below")}
    assert kinds == {"": "folder", "file": "file", "link": "file", "pipe": "device", "nothing": "", "file/below": ""}
    assert path_kind(Path("/dev/zero")) == "device"


def test_a_home_folder_is_put_in_and_the_rest_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert user_path("~/runs") == user_path("runs") == tmp_path / "runs"


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="directory"):
        read_bytes(tmp_path)
