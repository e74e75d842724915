from pathlib import Path

import pytest

from cnnviz.errors import UserError
from cnnviz.runs.run_record import pack_error, unpack_error
from cnnviz.ui.core.server_paths import without_folders

DISK = UserError("run_disk", path=Path("/srv/some one/runs/0a1b/state.json"), why="No space left on device")
LOOKED = UserError(
    "dataset_absent", why="/srv/data/MNIST and ~/x/y, C:\\Users\\me\\data or /tmp: 3/4 of https://example.org/a/b"
)


@pytest.mark.parametrize("stored", [False, True])
def test_a_shared_server_names_files_without_their_folders(monkeypatch, stored):
    error = unpack_error(pack_error(DISK)) if stored else DISK
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    said = str(without_folders(error))
    assert "state.json" in said
    assert "/srv" not in said
    assert "some one" not in said
    assert "No space left on device" in said
    monkeypatch.setenv("CNNVIZ_PROFILE", "local")
    assert str(without_folders(error)) == str(error)


def test_folders_within_a_text_are_left_out_and_nothing_else(monkeypatch):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    why = without_folders(LOOKED).values["why"]
    assert why == "…/MNIST and …/y, …/data or /tmp: 3/4 of https://example.org/a/b"


@pytest.mark.parametrize("stored", [False, True])
def test_folders_are_left_out_of_a_list_too(monkeypatch, stored):
    monkeypatch.setenv("CNNVIZ_PROFILE", "hosted")
    error = UserError("data_absent", dataset="MNIST", looked=[Path("/srv/a/data"), "/b/c/more"], url="", folder="")
    error = unpack_error(pack_error(error)) if stored else error
    assert "…/data, …/more" in without_folders(error).describe("en")
    assert "…/data、…/more" in without_folders(error).describe("zh-Hant")


def test_a_profile_that_is_none_is_told_and_tells_nothing_else(monkeypatch):
    monkeypatch.setenv("CNNVIZ_PROFILE", "public")
    assert "public" in str(
        without_folders(UserError("option_choice", option="CNNVIZ_PROFILE", got="public", choices=["local", "hosted"]))
    )
