import errno
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from cnnviz.cli.command import parse
from cnnviz.cli.train_command import _new_plan
from cnnviz.errors import UserError
from cnnviz.runs import run_loop, run_training
from cnnviz.runs.checkpoint import NAME, read_checkpoint, read_weights, saved_steps
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.folder import read_folder
from cnnviz.runs.recorded_step import NAME as STEP
from cnnviz.runs.recorded_step import read_step
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.train.layer_step import MOST_BYTES
from cnnviz.train.weight_step import weight_update
from tests.runs.details import read_details
from tests.runs.tiny import curve, history, tiny

ROOT = Path(__file__).parents[2]


def make(store, **given):
    return store.create(RunPlan.parse(tiny(**given)))


def work(record, allowed, *commands, tell=lambda event: None):
    controls = CommandQueue({"do": command} if isinstance(command, str) else command for command in commands)
    return train_run(record.folder, record.plan, controls, allowed, tell)


def changed(allowed, **changes):
    return type(allowed)(**{name: getattr(allowed, name) for name in allowed.__slots__} | changes)


@pytest.fixture
def hasty(allowed):
    """Limits under which a run that rests leaves at once."""
    return changed(allowed, pause_seconds=0)


def same_weights(one, other):
    mine, theirs = read_weights(one), read_weights(other)
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


def test_a_run_leaves_everything_that_its_folder_promises(store, allowed):
    record = make(store)
    assert work(record, allowed) == ("finished", None)
    found = store.find(record.id)
    assert (found.status, found.step, found.steps, found.epoch) == ("finished", 12, 12, 3)
    curves = history(record.folder)
    assert list(curves.steps["step"]) == list(range(1, 13))
    assert curves.epochs["test_accuracy"][-1] == found.test_accuracy
    assert curves.end["status"] == "finished"
    assert saved_steps(record.folder) == tuple(range(13))
    assert json.loads((record.folder / "environment.json").read_text())["machine"]["threads"] == 1
    assert not list(record.folder.glob(".*"))


def test_the_command_of_a_run_repeats_its_plan_with_the_changes_by_hand(store, allowed):
    record = make(store)
    work(record, allowed, "step", {"do": "learning_rate", "value": 0.005}, "resume")
    words = (record.folder / "command.txt").read_text().split()
    assert words[:4] == ["python", "-m", "cnnviz", "train"]
    again = _new_plan(parse("train", words[4:]))
    changed = again.config.learning_rate_changes
    assert changed == ((0, 0.005),)  # asked for before the first step was made
    assert again.as_json() | {"settings": None} == record.plan.as_json() | {"settings": None}
    repeated = store.create(again)
    work(repeated, allowed)
    assert curve(repeated.folder) == curve(record.folder)


def test_one_minibatch_rests_and_is_told_layer_by_layer(store, hasty):
    record = make(store)
    assert work(record, hasty, "step")[0] == "paused"
    assert store.find(record.id).status == "paused"
    assert [step for step, _ in curve(record.folder)] == [1]
    (look,) = read_details(record.folder)
    assert len(look["indices"]) == 16
    assert {"conv1", "fc3"} <= {layer["name"] for layer in look["layers"]}
    assert work(record, hasty, "epoch")[0] == "paused"
    assert [step for step, _ in curve(record.folder)] == [1, 2, 3, 4]
    assert list(history(record.folder).epochs["epoch"]) == [1]


def test_pauses_leave_no_trace_in_the_curve_or_the_weights(store, allowed, hasty):
    plain, paused = make(store), make(store)
    work(plain, allowed)
    work(paused, hasty, "step", "step")
    assert len(curve(paused.folder)) == 2
    work(paused, hasty, "step")
    work(paused, allowed)
    assert curve(paused.folder) == curve(plain.folder)
    assert same_weights(plain.folder, paused.folder)


def test_a_rewound_run_begins_with_the_same_weights_and_meets_the_same_losses(store, allowed, hasty):
    record = make(store, epochs=1)
    work(record, allowed)
    first = curve(record.folder)
    weights = read_weights(record.folder, 0)
    assert work(record, hasty, "rewind")[0] == "paused"
    assert (curve(record.folder), saved_steps(record.folder)) == ([], (0,))
    assert all(torch.equal(weights[name], tensor) for name, tensor in read_weights(record.folder).items())
    work(record, allowed)
    assert curve(record.folder) == first


def test_a_torn_line_and_steps_after_the_last_checkpoint_are_made_good(store, allowed, hasty):
    plain, torn = make(store), make(store)
    work(plain, allowed)
    work(torn, hasty, "step", "step")
    with (torn.folder / "metrics.jsonl").open("a") as file:  # what a killed process leaves
        file.write(json.dumps({"event": "step", "epoch": 1, "step": 3, "loss": 9.0}) + "\n")
        file.write('{"event": "step", "epo')
    assert curve(torn.folder)[-1] == (3, 9.0)
    work(torn, allowed)
    assert curve(torn.folder) == curve(plain.folder)


def test_a_run_killed_at_any_moment_shows_as_interrupted_and_resumes_bit_for_bit(store, hasty):
    plain = make(store, epochs=1000)
    words = plain.plan.words()
    out = store.root / ("a" * 24)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnnviz", *words, "--out", str(out), "--json"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env=os.environ,
    )
    until = time.monotonic() + 120
    while not (out / NAME).exists() and time.monotonic() < until:
        time.sleep(0.005)
    process.kill()
    process.wait()
    seen = curve(out)
    record = store.find("a" * 24)
    assert record.status == "interrupted"
    assert 0 < read_checkpoint(out / NAME).facts["progress"]["step"] <= len(seen) < 4000
    assert work(record, hasty, "epoch", "epoch")[0] == "paused"
    work(plain, hasty, *["epoch"] * store.find(record.id).epoch)
    assert len(curve(out)) > 4
    assert curve(out)[: len(seen)] == seen[: len(curve(out))]
    assert curve(out) == curve(plain.folder)
    assert same_weights(plain.folder, out)


def test_two_processes_never_train_the_same_run(store, allowed):
    from cnnviz.errors import UserError
    from cnnviz.runs.file_lock import lock_file

    record = make(store)
    with lock_file(record.folder / "lock"), pytest.raises(UserError) as error:
        train_run(record.folder, record.plan, CommandQueue(), allowed)
    assert error.value.key == "run_busy"


def test_a_full_disk_ends_the_run_in_one_sentence_and_keeps_what_was_saved(store, allowed, hasty):
    record = make(store)
    work(record, hasty, "step")
    kept = read_weights(record.folder)
    metrics = (record.folder / "metrics.jsonl").read_bytes()
    (record.folder / "metrics.jsonl").rename(record.folder / "kept")
    (record.folder / "metrics.jsonl").symlink_to("/dev/full")
    status, reason = work(record, allowed)
    assert (status, reason.key) == ("failed", "run_disk")
    assert store.find(record.id).reason.key == "run_disk"
    (record.folder / "metrics.jsonl").unlink()
    (record.folder / "kept").rename(record.folder / "metrics.jsonl")
    assert (record.folder / "metrics.jsonl").read_bytes() == metrics
    assert all(torch.equal(kept[name], tensor) for name, tensor in read_weights(record.folder).items())
    assert work(record, allowed) == ("finished", None)


def test_on_a_disk_that_is_full_to_the_last_byte_the_reason_is_still_told(store, allowed, monkeypatch):
    record = make(store)
    write_text = Path.write_text

    def write_where_there_is_room(path, *words, **named):
        if (record.folder / run_training.RESERVE).exists() and (record.folder / "metrics.jsonl").is_symlink():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_text(path, *words, **named)

    monkeypatch.setattr(Path, "write_text", write_where_there_is_room)
    (record.folder / "metrics.jsonl").symlink_to("/dev/full")
    assert work(record, allowed)[1].key == "run_disk"
    found = store.find(record.id)
    assert (found.status, found.reason.key) == ("failed", "run_disk")
    assert "No space left" in str(found.reason)
    assert not (record.folder / run_training.RESERVE).exists()


def test_a_run_that_rests_leaves_at_once_when_others_wait(store, allowed):
    record = make(store)
    patient = changed(allowed, pause_seconds=1000)
    assert work(record, patient, "step", "yield") == ("paused", None)
    assert store.find(record.id).step == 1
    assert work(record, patient, "yield") == ("finished", None)  # one that trains goes on


def test_the_metrics_of_a_long_run_thin_out_by_the_step_alone():
    counts = [sum(run_loop.is_recorded(step) for step in range(20_000 * 2**turn)) for turn in range(5)]
    assert counts == pytest.approx([20_000, 30_000, 45_000, 62_500, 81_250], abs=1)
    assert all(run_loop.is_recorded(step) for step in range(20_001))
    assert not run_loop.is_recorded(20_003)


def test_a_run_whose_record_is_full_is_stopped_in_one_sentence(store, allowed):
    record = make(store)
    (record.folder / "metrics.jsonl").write_bytes(b"\n" * 1_000_000)
    status, reason = work(record, changed(allowed, history_megabytes=1))
    assert (status, reason.key) == ("cancelled", "run_record")
    assert "CNNVIZ_HISTORY_MB" in str(reason)


def test_a_broken_checkpoint_is_named_and_left_as_it_is(store, allowed, hasty):
    record = make(store)
    work(record, hasty, "step")
    broken = (record.folder / NAME).read_bytes()[:200]
    (record.folder / NAME).write_bytes(broken)
    status, reason = work(record, allowed)
    assert (status, reason.key) == ("failed", "run_damaged")
    assert NAME in str(reason)
    assert (record.folder / NAME).read_bytes() == broken
    assert len(curve(record.folder)) == 1


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (MemoryError(), "run_memory"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "run_memory"),
        (ValueError("odd"), "run_crashed"),
    ],
)
def test_a_program_that_fails_says_so_in_one_sentence(store, allowed, monkeypatch, error, key):
    def fail(plan):
        raise error

    monkeypatch.setattr(run_training, "make_training", fail)
    record = make(store)
    assert work(record, allowed)[1].key == key
    assert (store.find(record.id).status, store.find(record.id).reason.key) == ("failed", key)


def test_a_loss_that_is_no_number_keeps_the_last_good_weights(store, allowed):
    record = make(store, learning_rate=100, momentum=0.99, epochs=20)
    status, reason = work(record, allowed)
    assert (status, reason.key) == ("failed", "train_not_finite")
    weights = read_weights(record.folder, saved_steps(record.folder)[0])
    assert all(bool(torch.isfinite(tensor).all()) for tensor in weights.values())


def test_a_run_ends_when_its_seconds_are_used(store, allowed):
    short = changed(allowed, seconds=0)
    record = make(store)
    status, reason = work(record, short)
    assert (status, reason.key) == ("cancelled", "run_seconds")
    assert read_folder(record.folder).step == 1


def test_saved_steps_thin_out_and_stay_within_their_space(tmp_path):
    from cnnviz.runs.checkpoint import SavedSteps

    album = SavedSteps(tmp_path, 1)
    weights = {"weight": torch.zeros(25_000)}  # 100 kB: ten fit into a megabyte
    for step in range(200):
        if album.is_due(step):
            album.keep(step, weights)
    steps = saved_steps(tmp_path)
    assert len(steps) <= 10
    assert steps[0] == 0
    assert len({after - before for before, after in itertools.pairwise(steps)}) == 1
    again = SavedSteps(tmp_path, 1)
    again.back_to(steps[3])
    assert saved_steps(tmp_path) == steps[:4]
    assert not again.is_due(steps[3] + 1)


def test_a_single_step_leaves_what_it_read_and_changed_of_the_layers(store, hasty):
    record = make(store)
    work(record, hasty, "step", "step")
    found = read_step(record.folder)
    assert (found.step, found.learning_rate) == (2, 0.02)
    assert [layer.name for layer in found.layers] == ["conv1", "conv2", "fc1", "fc2", "fc3"]
    before, after = read_weights(record.folder, 1), read_weights(record.folder, 2)
    for layer in found.layers:
        assert torch.equal(layer.weight.flatten(), before[f"{layer.name}.weight"].flatten())
        assert torch.equal(layer.after.flatten(), after[f"{layer.name}.weight"].flatten())
        *_, last = weight_update(layer, (0, 0, 0, 0), record.plan.config, found.learning_rate)
        assert last.numbers["w_new"] == pytest.approx(float(layer.after[0, 0, 0, 0]), rel=1e-5)
    assert (record.folder / STEP).stat().st_size < MOST_BYTES


def test_a_damaged_record_of_a_step_is_one_sentence(store, allowed, tmp_path):
    assert read_step(tmp_path) is None
    (tmp_path / STEP).write_bytes(b"no tensors")
    with pytest.raises(UserError) as error:
        read_step(tmp_path)
    assert error.value.key == "run_damaged"
