"""Room on the disk for a run that is asked for."""

import contextlib
from collections.abc import Mapping

from cnnviz.errors import UserError
from cnnviz.runs.disk_usage import MEGABYTE, folder_bytes, free_bytes, idle_runs
from cnnviz.runs.limits import Limits
from cnnviz.runs.store import RunStore


def make_room(store: RunStore, limits: Limits, expected_by_run: Mapping[str, int], owner: str, expected: int) -> None:
    """Remove old runs of absent users of a shared server until `expected` more bytes fit.

    `expected_by_run` holds the bytes that a run which waits or trains may come to take.

    Raises:
        UserError: `run_no_room` or `run_visitor_room`.
    """
    free = free_bytes(store.root) - limits.free_megabytes * MEGABYTE
    if not store.hosted:
        if free < expected:
            raise UserError("run_no_room")
        return
    records = (*store.everyones(), *store.binned())
    sizes = {one.id: max(folder_bytes(one.folder), expected_by_run.get(one.id, 0)) for one in records}
    mine = sum(sizes[one.id] for one in records if one.owner == owner)
    if mine + expected > limits.visitor_megabytes * MEGABYTE:
        raise UserError("run_visitor_room", used=round(mine / MEGABYTE), most=limits.visitor_megabytes)
    lacking = max(sum(sizes.values()) + expected - limits.all_megabytes * MEGABYTE, expected - free)
    for old in idle_runs(store.everyones(), sizes):
        if lacking <= 0:
            break
        with contextlib.suppress(UserError):
            store.forget(old)
            lacking -= sizes[old.id]
    if lacking > 0:
        raise UserError("run_no_room")
