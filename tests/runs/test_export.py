import csv
import io
import json
import zipfile

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load

from cnnviz.errors import UserError
from cnnviz.runs import export
from cnnviz.runs.checkpoint import read_weights
from cnnviz.runs.commands import CommandQueue
from cnnviz.runs.export import CSV_COLUMNS, metrics_csv, tensorboard_zip, weights_file, write_tensorboard
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_training import train_run
from cnnviz.runs.script import script
from tests.runs.tiny import curve, tiny


def trained(store, allowed, given, *commands):
    record = store.create(RunPlan.parse(given))
    assert train_run(record.folder, record.plan, CommandQueue(commands), allowed)[0] == "finished"
    return store.find(record.id)


def test_the_table_has_a_row_per_step_and_per_epoch(store, allowed):
    record = trained(store, allowed, tiny(epochs=2))
    rows = list(csv.DictReader(io.StringIO(metrics_csv(record))))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [row["event"] for row in rows] == ["step"] * 4 + ["epoch"] + ["step"] * 4 + ["epoch"]
    told = [(float(row["step"]), float(row["loss"])) for row in rows if row["event"] == "step"]
    assert told == curve(record.folder)


def test_exported_weights_fit_the_network_that_their_header_names(store, allowed, tmp_path):
    record = trained(store, allowed, tiny(epochs=1))
    (tmp_path / "w.safetensors").write_bytes(weights_file(record))
    with safe_open(tmp_path / "w.safetensors", "pt") as file:
        words = file.metadata()
    assert (words["architecture"], json.loads(words["options"])["activation"]) == ("lenet", "relu")
    weights = load(weights_file(record))
    network = record.plan.network()
    network.load_state_dict(weights)
    assert all(torch.equal(tensor, weights[name]) for name, tensor in read_weights(record.folder).items())
    assert not torch.equal(load(weights_file(record, 0))["conv1.weight"], weights["conv1.weight"])
    with pytest.raises(UserError) as error:
        weights_file(record, 999)
    assert error.value.key == "run_no_weights"


RUNS = {
    "plain": tiny(epochs=2),
    "schedule": tiny(
        epochs=2,
        schedule="one-cycle",
        nesterov=True,
        label_smoothing=0.1,
        augment="crop,flip,colour",
        standardise=True,
        init="he",
    ),
    "adamw": tiny(epochs=2, optimizer="adamw", momentum=0, learning_rate=0.001, weight_decay=0.1, init="default"),
    "joins": {
        "architecture": "googlenet",
        "options": {"form": "small", "width": 0.125},
        "limit": 32,
        "settings": {
            "epochs": 1,
            "batch_size": 8,
            "learning_rate": 0.02,
            "image_size": 28,
            "threads": 1,
            "device": "cpu",
            "precision": "float32",
        },
    },
    "a last image that joins": {
        "architecture": "lenet",
        "options": {"batch_norm": "full"},
        "limit": 33,
        "settings": {
            "epochs": 2,
            "batch_size": 8,
            "learning_rate": 0.1,
            "momentum": 0.9,
            "threads": 1,
            "device": "cpu",
            "precision": "float32",
        },
    },
    "several labels": {
        "architecture": "lenet",
        "dataset": "shapes",
        "limit": 32,
        "settings": {
            "epochs": 1,
            "batch_size": 8,
            "threads": 1,
            "device": "cpu",
            "schedule": "cosine",
            "precision": "float32",
        },
    },
}


@pytest.mark.parametrize("name", RUNS)
def test_the_script_of_a_run_meets_its_losses(store, allowed, name):
    commands = [{"do": "learning_rate", "value": 0.03}] if name == "plain" else []
    record = trained(store, allowed, RUNS[name], *commands)
    source = script(record)
    compile(source, "script", "exec")
    space = {"__name__": "script"}
    with torch.random.fork_rng():
        exec(source, space)
    assert space["losses"] == pytest.approx([loss for _, loss in curve(record.folder)], rel=1e-4)


def test_a_missing_package_is_named(store, allowed, monkeypatch, tmp_path):
    import sys

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    record = store.create(RunPlan.parse(tiny()))
    with pytest.raises(UserError, match="tensorboard"):
        write_tensorboard(record, tmp_path)


def test_no_name_of_a_run_leads_out_of_the_folder_of_its_zip(store, monkeypatch):
    monkeypatch.setattr(export, "write_tensorboard", lambda record, folder: (folder / "events").touch())
    record = store.create(RunPlan.parse(tiny()), name="../../up 学习率")
    (name,) = zipfile.ZipFile(io.BytesIO(tensorboard_zip(record))).namelist()
    assert name == f"_.._up_学习率-{record.id[:8]}/events"


def test_tensorboard_reads_the_curves(store, allowed, tmp_path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    record = trained(store, allowed, tiny(epochs=1))
    write_tensorboard(record, tmp_path)
    found = accumulator.EventAccumulator(str(tmp_path))
    found.Reload()
    told = [(scalar.step, scalar.value) for scalar in found.Scalars("minibatch/loss")]
    assert told == [(step, pytest.approx(loss)) for step, loss in curve(record.folder)]
    (name,) = zipfile.ZipFile(io.BytesIO(tensorboard_zip(record))).namelist()
    assert name.startswith(f"lenet-{record.id[:8]}/events.out.tfevents.")
