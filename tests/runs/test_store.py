import os
import time

import pytest

from cnnviz.errors import UserError
from cnnviz.runs import folder
from cnnviz.runs.atomic_files import replace_json
from cnnviz.runs.file_lock import lock_file
from cnnviz.runs.folder import write_state
from cnnviz.runs.history import History
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import STATUSES
from cnnviz.runs.store import UNDO_SECONDS
from cnnviz.text import LANGUAGES
from tests.runs.tiny import tiny

ANNE, BERT = "anne's key 0123456789", "bert's key 0123456789"


@pytest.fixture(scope="module")
def plan():
    return RunPlan.parse(tiny())


def refused(key, call, *words):
    with pytest.raises(UserError) as error:
        call(*words)
    assert error.value.key == key
    return error.value


def test_two_visitors_do_not_see_or_change_each_others_runs(hosted, plan):
    mine = hosted.create(plan, ANNE, "mine")
    yours = hosted.create(plan, BERT)
    assert [record.id for record in hosted.runs(ANNE)] == [mine.id]
    assert [record.id for record in hosted.runs(BERT)] == [yours.id]
    assert hosted.runs("a stranger's key 01234") == ()
    for call in (hosted.delete, lambda run_id, key: hosted.rename(run_id, "taken", key), hosted.own):
        refused("run_not_yours", call, mine.id, BERT)
        refused("run_not_yours", call, mine.id, "")
    assert hosted.find(mine.id).name == "mine"  # whoever has the link may look


def test_a_visitors_key_is_written_nowhere(hosted, plan):
    folder = hosted.create(plan, ANNE).folder
    assert all(ANNE.encode() not in path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize("visitor", ["", "short", None, 7])
def test_a_hosted_visitor_without_a_key_owns_nothing(hosted, plan, visitor):
    refused("run_no_visitor", hosted.create, plan, visitor)
    assert hosted.runs(visitor) == ()


def test_on_ones_own_machine_every_run_is_everybodys(store, plan):
    made = store.create(plan, "", "first")
    store.rename(made.id, "  second ")
    assert [record.name for record in store.runs()] == ["second"]
    write_state(made.folder, "cancelled")
    store.delete(made.id)
    assert store.runs() == ()
    assert list(store.root.iterdir()) == []


def test_a_run_in_the_bin_comes_back_as_it_was_until_its_time_is_over(store, plan):
    made = store.create(plan, "", "first")
    write_state(made.folder, "cancelled")
    store.put_into_bin(made.id)
    assert store.runs() == ()
    store.empty_bin()  # too early
    assert store.take_out_of_bin(made.id) == store.find(made.id)
    assert store.find(made.id).name == "first"
    store.put_into_bin(made.id)
    assert [record.id for record in store.binned()] == [made.id]
    store.empty_bin(time.time() + UNDO_SECONDS + 1)
    refused("run_undo_over", store.take_out_of_bin, made.id)
    assert list(store.root.iterdir()) == []


def test_only_its_owner_puts_a_run_into_the_bin_and_takes_it_out(hosted, plan):
    mine = hosted.create(plan, ANNE)
    write_state(mine.folder, "cancelled")
    refused("run_not_yours", hosted.put_into_bin, mine.id, BERT)
    hosted.put_into_bin(mine.id, ANNE)
    refused("run_not_yours", hosted.take_out_of_bin, mine.id, BERT)
    refused("run_not_yours", hosted.take_out_of_bin, mine.id, "")
    assert hosted.take_out_of_bin(mine.id, ANNE).id == mine.id


def test_a_run_that_trains_does_not_go_into_the_bin(store, plan):
    made = store.create(plan)
    write_state(made.folder, "running")
    with lock_file(made.folder / "lock"):
        refused("run_busy", store.put_into_bin, made.id)
    assert [record.id for record in store.runs()] == [made.id]


@pytest.mark.parametrize("run_id", ["", ".", "..", "../outside", "/etc", "a" * 24, "A" * 24, "x\0y", 7, None])
def test_an_id_is_looked_up_and_never_a_path(store, run_id):
    (store.root.parent / "outside").mkdir()
    refused("run_unknown", store.find, run_id)


def test_ids_are_long_and_new(store, plan):
    ids = {store.create(plan).id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(run_id) == 24 for run_id in ids)  # 96 random bits


@pytest.mark.parametrize("name", ["x" * 81, "a\nb", "a\x00b", "\u202eevil", 3])
def test_a_name_that_is_none_is_refused(store, plan, name):
    refused("run_name", store.create, plan, "", name)
    assert store.runs() == ()


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("config.json", b""),
        ("config.json", b"[]"),
        ("config.json", b"{}"),
        ("config.json", b"\xff\xfe"),
        ("config.json", None),
        ("config.json", b"[" * 100_000),
    ],
)
def test_a_damaged_folder_is_told_of_and_left_as_it_is(store, plan, file, content):
    good, bad = store.create(plan), store.create(plan)
    (bad.folder / file).unlink()
    if content is not None:
        (bad.folder / file).write_bytes(content)
    assert [record.id for record in store.runs()] == [good.id]
    assert [error.key for error in store.damaged()] == ["run_damaged"]
    assert file in str(refused("run_damaged", store.find, bad.id))
    assert content is None or (bad.folder / file).read_bytes() == content


def test_a_run_that_is_being_made_is_no_damaged_one(store, plan, monkeypatch):
    seen = []

    def look_and_write(path, value):
        seen.append((store.damaged(), store.runs()))
        replace_json(path, value)

    monkeypatch.setattr(folder, "replace_json", look_and_write)
    made = store.create(plan)
    assert seen == [((), ())] * 2  # its state, its plan
    assert [run.id for run in store.runs()] == [made.id]
    assert made.folder == store.root / made.id


def test_a_run_that_is_deleted_while_somebody_reads_is_no_damaged_one(store, plan, monkeypatch):
    listed = store._folders()
    gone = store.create(plan)
    with_it = [*listed, gone.folder]
    write_state(gone.folder, "cancelled")
    store.delete(gone.id)
    monkeypatch.setattr(store, "_folders", lambda: with_it)
    assert store.damaged() == ()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"status": 3}',
        b'{"step": "x"}',
        b'{"test_loss": []}',
        b'{"status": "failed", "reason": {"key": "none", "values": {}}}',
    ],
)
def test_a_damaged_state_only_makes_the_run_interrupted(store, plan, content):
    made = store.create(plan)
    (made.folder / "state.json").write_bytes(content)
    assert store.find(made.id).status == "interrupted"


def test_a_waiting_run_without_its_server_is_interrupted(store, plan):
    assert store.create(plan, keeper=store.root / "gone").status == "interrupted"


def test_hosted_runs_without_a_visitor_for_a_day_are_forgotten(hosted, plan):
    made = hosted.create(plan, ANNE)
    now = time.time()
    assert hosted.forgotten(now + 86_000) == ()
    assert [record.id for record in hosted.forgotten(now + 90_000)] == [made.id]
    os.utime(made.folder / "visit", (now - 90_000, now - 90_000))
    assert len(hosted.forgotten()) == 1
    hosted.visit(BERT)
    assert len(hosted.forgotten()) == 1
    hosted.visit(ANNE)
    assert hosted.forgotten() == ()


def test_a_hosted_folder_that_cannot_be_read_goes_after_a_day(hosted, plan):
    kept, broken = hosted.create(plan, ANNE), hosted.create(plan, ANNE)
    (broken.folder / "config.json").write_text("{")
    now = time.time()
    hosted.clear_damaged(now + 86_000)
    assert broken.folder.is_dir()
    hosted.clear_damaged(now + 90_000)
    assert [folder.name for folder in hosted.root.iterdir()] == [kept.id]


def test_a_folder_that_cannot_be_made_is_named(monkeypatch, tmp_path):
    from cnnviz.runs.store import RunStore

    (tmp_path / "file").touch()
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "file" / "runs"))
    assert "file" in str(refused("run_disk", RunStore))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_word(store, plan, language):
    made = store.create(plan)
    for status in STATUSES:
        write_state(made.folder, status)
        assert store.find(made.id).describe_status(language)


def test_events_of_a_damaged_file_are_passed_over():
    history = History()
    history.feed(
        [
            {"event": "step", "step": 1, "loss": 2.0},
            {"event": "step"},
            {"event": "step", "step": "x"},
            {"event": "epoch", "step": None},
            {"event": "rewind"},
            {"event": "rewind", "step": 0, "epoch": 0, "changes": 3},
            {"event": "learning_rate"},
            {"event": "step", "step": 2, "loss": "x"},
        ]
    )
    assert list(history.steps["step"]) == [1, 2]
    assert history.changes == []
