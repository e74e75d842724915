"""A run as files that other programs read."""

import csv
import heapq
import io
import json
import math
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnviz.data import dataset
from cnnviz.definitions.weights_form import TrainingNote
from cnnviz.errors import UserError
from cnnviz.runs.checkpoint import read_weights
from cnnviz.runs.history import Columns, History
from cnnviz.runs.run_record import RunRecord
from cnnviz.train.batch_preparation import pixel_statistics

CSV_COLUMNS = (
    "event",
    "epoch",
    "step",
    "loss",
    "accuracy",
    "learning_rate",
    "train_loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "seconds",
    "images_per_second",
)
SCALARS = {"loss": "minibatch/loss", "accuracy": "minibatch/accuracy", "learning_rate": "learning_rate"}
EPOCH_SCALARS = {
    name: name.replace("_", "/", 1) for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy")
}


def history_of(record: RunRecord) -> History:
    """Return the curves of a run, as they stand now."""
    history = History()
    history.follow(record.folder)
    return history


def metrics_csv(record: RunRecord) -> str:
    """Return a row per step and per epoch, under `CSV_COLUMNS`; what a row has not is empty."""
    history = history_of(record)
    rows = heapq.merge(_rows("step", history.steps), _rows("epoch", history.epochs), key=lambda each: each[0])
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(row for _, row in rows)
    return text.getvalue()


def _rows(event: str, columns: Columns) -> Iterator[tuple[float, dict[str, Any]]]:
    """Yield each row with the step after which it was made; these ascend."""
    for index in range(len(columns)):
        row = {name: columns[name][index] for name in columns.names}
        told = {
            name: int(value) if name in ("step", "epoch") else value
            for name, value in row.items()
            if not math.isnan(value)
        }
        yield row["step"], {"event": event, **told}


def weights_file(record: RunRecord, step: int | None = None) -> bytes:
    """Return the weights after `step`, or the latest, as a safetensors file that says which network they fit.

    That of a network of the user's own holds the network, and what it was trained on.

    Raises:
        UserError: `run_no_weights` or `run_damaged`, or images that are gone and that its input is standardised by.
    """
    from safetensors.torch import save

    plan = record.plan
    if plan.definition:
        from cnnviz.definitions import from_json, to_safetensors

        definition = replace(from_json(plan.definition), input_shape=plan.input_shape)
        return to_safetensors(definition, read_weights(record.folder, step), _training_note(record, step))
    words = {
        "architecture": plan.architecture,
        "options": json.dumps(dict(plan.options)),
        "input_shape": json.dumps(plan.input_shape),
        "num_classes": str(plan.num_classes),
        "dataset": plan.dataset,
    }
    return save(read_weights(record.folder, step), words)


def _training_note(record: RunRecord, step: int | None) -> TrainingNote:
    """Return what the training of an own network is; the accuracy is that of the weights at its end."""
    plan, scaling = record.plan, None
    if plan.config.standardise:
        training_set = dataset(plan.dataset).load("train", plan.data_dir, plan.limit, download=False)
        scaling = pixel_statistics(training_set.images)
    at_end = record.status == "finished" and step in (None, record.step)
    return TrainingNote(plan.dataset, record.test_accuracy if at_end else None, scaling)


def tensorboard_zip(record: RunRecord) -> bytes:
    """Return the curves as TensorBoard reads them: a zip with one folder, to be unpacked into its log folder.

    Raises:
        UserError: `run_needs` without the package tensorboard.
    """
    packed = io.BytesIO()
    name = re.sub(r"[^\w.-]+", "_", record.name or record.plan.architecture).lstrip(".")  # no path of its own
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        write_tensorboard(record, Path(folder))
        for path in sorted(Path(folder).iterdir()):
            archive.write(path, f"{name}-{record.id[:8]}/{path.name}")
    return packed.getvalue()


def write_tensorboard(record: RunRecord, folder: Path) -> None:
    """Write the curves as TensorBoard reads them, in `folder`.

    Raises:
        UserError: `run_needs` without the package tensorboard.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise UserError("run_needs", package="tensorboard") from error
    history = history_of(record)
    with SummaryWriter(str(folder)) as writer:
        for columns, names in ((history.steps, SCALARS), (history.epochs, EPOCH_SCALARS)):
            for index, step in enumerate(columns["step"]):
                for name, title in names.items():
                    writer.add_scalar(title, columns[name][index], int(step))
