"""The finished runs whose weights a page may show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnviz.errors import UserError
from cnnviz.ui.core import browser_key

if TYPE_CHECKING:
    from cnnviz.runs.record import RunRecord
    from cnnviz.ui.inputs.weights import Weights

MOST = 20


def finished_runs(architecture: str) -> list[RunRecord]:
    """The visitor's newest finished runs of a family; on a shared server none until the browser has told its key."""
    from cnnviz.runs.place import runs_folder
    from cnnviz.runs.store import RunStore

    if not runs_folder().is_dir():
        return []
    try:
        records = RunStore().runs(browser_key.key())
    except UserError:
        return []
    return [record for record in records if record.status == "finished" and record.plan.architecture == architecture][
        :MOST
    ]


def run_title(weights: Weights) -> str:
    """The run's name, enough of its id to tell two of one name apart, and its step where it is not the last.

    Raises:
        UserError: `run_unknown` or `run_damaged`.
    """
    from cnnviz.runs.store import RunStore

    record = RunStore().find(weights.name)
    step = f" @ {weights.step}" if weights.step is not None else ""
    return f"{record.name or record.plan.architecture} · {record.id[:4]}{step}"
