"""A run's folder that is sent on in pieces; needs no Ray."""

import os

import pytest

from cnnviz.runs.cluster.folder_changes import FolderChanges, FolderWatch, apply_changes, read_files, write_files
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.limits import limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.runs.store import RunStore
from tests.runs.tiny import curve, tiny


def test_what_is_sent_in_pieces_is_the_folder_itself(tmp_path):
    plan = RunPlan.parse(tiny(2))
    run = RunStore(tmp_path / "server", hosted=False).create(plan)
    there = tmp_path / "node"
    there.mkdir()
    write_files(there, read_files(run.folder))
    watch = FolderWatch(there)
    assert not watch.changes()
    pieces = []

    def send(event):
        changes = watch.changes()
        pieces.append(changes)
        apply_changes(run.folder, changes)
        assert len(curve(run.folder)) >= event.get("step", 0)

    train_run(there, plan, CommandQueue(), limits(), tell=send, node="alpha")
    apply_changes(run.folder, watch.changes())
    assert not watch.changes()
    assert read_files(run.folder) == read_files(there)
    assert len(curve(run.folder)) == 8
    assert len([piece for piece in pieces if "metrics.jsonl" in piece.appended]) > 5


def test_what_is_cut_or_removed_there_is_cut_and_removed_here(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        (folder / "saved").mkdir(parents=True)
        (folder / "metrics.jsonl").write_bytes(b'{"event": 1}\n{"torn')
        (folder / "saved" / "1.safetensors").write_bytes(b"1")
    watch = FolderWatch(there)
    os.truncate(there / "metrics.jsonl", 13)
    (there / "saved" / "1.safetensors").unlink()
    (there / "lock").touch()
    (there / ".state.json.12").touch()
    apply_changes(here, watch.changes())
    assert read_files(here) == read_files(there) == {"metrics.jsonl": b'{"event": 1}\n'}
    assert not (here / "lock").exists()


@pytest.mark.parametrize("name", ["../other/config.json", "/etc/passwd", "saved/../../a", "lock", ".hidden"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match=r"."):
        apply_changes(tmp_path, FolderChanges(replaced={name: b""}))
    assert list(tmp_path.iterdir()) == []
