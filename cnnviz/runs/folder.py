"""The folder of one run: what stands in it, made, read and kept up to date.

config.json             id, name, owner, plan; written once, renamed by its owner
state.json              status and place, replaced as they change
metrics.jsonl           an event a line, appended
details.jsonl           close looks at single steps, appended
step.safetensors        what the last of them read and changed of the layers
checkpoint.safetensors  the latest state: weights, optimiser, place
saved/<step>.safetensors  weights along the way
environment.json        versions and machine
command.txt             the command that repeats the run, changes by hand included
definition.json         of a network of the user's own: the network
lock                    held by the process that trains
reserve                 space for the last words of a run at work, where the disk gets full
"""

import contextlib
import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason, read_json, replace_json
from cnnviz.runs.file_lock import is_locked
from cnnviz.runs.run_plan import DEFINITION_FILE, RunPlan
from cnnviz.runs.run_record import ALIVE, STATUSES, RunRecord, pack_error, unpack_error

VERSION = 1
CONFIG, STATE, METRICS, DETAILS, LOCK = "config.json", "state.json", "metrics.jsonl", "details.jsonl", "lock"


def make_folder(
    path: Path, plan: RunPlan, run_id: str, owner: str = "", name: str = "", keeper: Path | None = None
) -> RunRecord:
    """Return a new run in `path`, waiting; `keeper` is a lock held by the process that will start it.

    Raises:
        UserError: `run_exists` where `path` is not empty, `run_disk` where it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        if any(path.iterdir()):
            raise UserError("run_exists", path=path)
        (path / "visit").touch()
    except OSError as error:
        raise UserError("run_disk", path=path, why=error_reason(error)) from error
    try:
        write_state(path, "waiting", keeper=str(keeper) if keeper else None)
        if plan.definition:
            replace_json(path / DEFINITION_FILE, json.loads(plan.definition))
        replace_json(
            path / CONFIG,
            {
                "version": VERSION,
                "id": run_id,
                "name": name,
                "owner": owner,
                "created": time.time(),
                "plan": plan.as_json(),
            },
        )
    except UserError:
        shutil.rmtree(path, ignore_errors=True)  # half a run is none
        raise
    return read_folder(path)


def read_folder(path: Path) -> RunRecord:
    """Return the run in `path`, as it stands now.

    Raises:
        UserError: `run_damaged` where the folder holds no run, or a broken one.
    """
    config = read_json(path / CONFIG)
    try:
        facts = read_json(path / STATE)
    except UserError:
        facts = {}  # the metrics and the checkpoint are worth more than this file
    try:
        plan = RunPlan.stored(config["plan"])
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            return _record(path, config, plan, facts)
        return _record(path, config, plan, {})
    except UserError as error:
        raise UserError("run_damaged", path=path / CONFIG, why=str(error).rstrip(".")) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError("run_damaged", path=path / CONFIG, why=error_reason(error)) from error


def _record(path: Path, config: Mapping[str, Any], plan: RunPlan, facts: Mapping[str, Any]) -> RunRecord:
    status, reason = str(facts.get("status", "interrupted")), unpack_error(facts.get("reason"))
    str(reason)  # a sentence that this version does not know is damage too
    status = _status_now(path, status, facts)
    return RunRecord(
        id=str(config["id"]),
        name=str(config["name"]),
        owner=str(config["owner"]),
        created=float(config["created"]),
        plan=plan,
        status=status if status in STATUSES else "interrupted",
        reason=reason,
        step=int(facts.get("step", 0)),
        steps=int(facts.get("steps", 0)),
        epoch=int(facts.get("epoch", 0)),
        test_loss=_number(facts, "test_loss"),
        test_accuracy=_number(facts, "test_accuracy"),
        images_per_second=_number(facts, "images_per_second"),
        seconds=float(facts.get("seconds", 0)),
        changed=float(facts.get("changed", config["created"])),
        folder=path,
        node=str(facts.get("node") or ""),
    )


def _number(facts: Mapping[str, Any], name: str) -> float | None:
    return None if facts.get(name) is None else float(facts[name])


def _status_now(path: Path, status: str, facts: Mapping[str, Any]) -> str:
    """Return the status that holds, from the one that was written last."""
    if status not in ALIVE or is_locked(path / LOCK):
        return status
    keeper = facts.get("keeper")
    if not isinstance(keeper, str) or not is_locked(Path(keeper)):
        return "interrupted"
    if status == "running":  # on a cluster it is on its way to another node
        return "starting" if facts.get("actor") else "interrupted"
    return status


def write_state(path: Path, status: str, reason: UserError | None = None, **facts: Any) -> None:
    """Replace the status and its reason, and of the other facts those that are given.

    Raises:
        UserError: `run_disk`.
    """
    facts = read_state(path) | facts
    replace_json(path / STATE, {**facts, "status": status, "reason": pack_error(reason), "changed": time.time()})


def read_state(path: Path) -> dict[str, Any]:
    """Return the facts of a run's state as they were written last, {} where they cannot be read."""
    try:
        known = json.loads((path / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def change_config(path: Path, **facts: Any) -> None:
    """Replace some facts of `config.json`.

    Raises:
        UserError: `run_damaged` or `run_disk`.
    """
    replace_json(path / CONFIG, read_json(path / CONFIG) | facts)
