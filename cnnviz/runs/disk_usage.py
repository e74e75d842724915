"""The disk that runs take, and the room that is made for a new one."""

import os
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import ALIVE, RunRecord

MEGABYTE = 1_000_000
ABSENT_AFTER = 600.0
"""Seconds since the last sign of a run's owner, of which a page that is open gives one every five minutes."""
SMALL_FILES = 2 * MEGABYTE
"""For the metrics and the other small files of an ordinary run."""
CLOSE_LOOK = 8 * MEGABYTE
"""For the layers of the last step that was looked at closely."""
STATES = 3
"""Tensors of each weight's shape in a checkpoint at most: the weight and two of Adam."""


def expected_bytes(plan: RunPlan, limits: Limits) -> int:
    """Return about as many bytes as a run of `plan` will take: its checkpoint while it is replaced, and saved steps."""
    from cnnviz.runs.checkpoint import SavedSteps, fits_budget

    weights = 4 * plan.count_parameters()
    saved = min(SavedSteps.MOST * weights, limits.history_megabytes * MEGABYTE)
    return (
        2 * STATES * weights
        + (saved if fits_budget(weights, limits.history_megabytes) else 0)
        + SMALL_FILES
        + CLOSE_LOOK
    )


def folder_bytes(folder: Path) -> int:
    """Return the bytes of the files below `folder`; what is removed meanwhile counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(place) / name).stat().st_size
            except OSError:
                continue
    return total


def free_bytes(folder: Path) -> int:
    """Return the bytes that the disk of `folder` has left.

    Raises:
        UserError: `run_disk`.
    """
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise UserError("run_disk", path=folder, why=error_reason(error)) from error


def idle_runs(records: Iterable[RunRecord], sizes: Mapping[str, int], now: float | None = None) -> list[RunRecord]:
    """Return the runs at rest whose owner is not here, large ones that were long not looked at first."""
    now = now or time.time()
    found = []
    for record in records:
        unseen = now - _seen(record)
        if record.status not in ALIVE and unseen > ABSENT_AFTER:
            found.append((sizes[record.id] * unseen, record))
    return [record for _, record in sorted(found, key=lambda each: each[0], reverse=True)]


def _seen(record: RunRecord) -> float:
    try:
        return (record.folder / "visit").stat().st_mtime
    except OSError:
        return record.changed
