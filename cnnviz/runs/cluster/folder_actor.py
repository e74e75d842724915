"""The actor beside the folder of runs, for nodes that do not see it."""

import contextlib
from pathlib import Path
from threading import RLock
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.cluster.cluster_settings import NAMESPACE
from cnnviz.runs.cluster.folder_changes import FolderChanges, apply_changes, read_files
from cnnviz.runs.cluster.folder_mark import read_mark
from cnnviz.runs.file_lock import lock_file
from cnnviz.runs.folder import LOCK

PATIENCE = 10.0
"""Seconds to wait for the lock of a run."""
TOGETHER = 16
"""Runs that are read or written at once."""


class FolderActor:
    """Reads and writes the runs in `root` for the actors that train them, and holds their locks meanwhile.

    Of a run whose node was lost, whoever fetched it last may write it, and nobody else.

    Raises:
        UserError: `ray_folder` on a node that does not see the folder.
    """

    def __init__(self, root: str, mark: str) -> None:
        if read_mark(Path(root)) != mark:
            raise UserError("ray_folder", path=root)
        self._root = Path(root)
        self._lock = RLock()
        self._held: dict[str, tuple[str, contextlib.ExitStack]] = {}

    def fetch(self, run_id: str, token: str) -> dict[str, bytes]:
        """Return the files of a run, which `token` may write from now on.

        Raises:
            UserError: `run_busy` or `run_disk`.
        """
        self._hold(run_id, token)
        return read_files(self._root / run_id)

    def put(self, run_id: str, token: str, changes: FolderChanges) -> bool:
        """Write changes; return False where another one has fetched the run.

        Raises:
            UserError: `run_disk`.
        """
        with self._lock:
            if run_id not in self._held:  # this actor was made anew
                self._hold(run_id, token)
            if self._held[run_id][0] != token:
                return False
        try:
            apply_changes(self._root / run_id, changes)
        except OSError as error:
            raise UserError("run_disk", path=self._root / run_id, why=error_reason(error)) from error
        return True

    def release(self, run_id: str) -> None:
        """Give the lock of a run back, where it is held."""
        with self._lock:
            _, held = self._held.pop(run_id, ("", contextlib.ExitStack()))
            held.close()

    def _hold(self, run_id: str, token: str) -> None:
        with self._lock:
            if run_id in self._held:
                self._held[run_id] = token, self._held[run_id][1]
                return
            held = contextlib.ExitStack()
            held.enter_context(lock_file(self._root / run_id / LOCK, PATIENCE))
            self._held[run_id] = token, held


def folder_actor(root: Path, mark: str) -> Any:
    """Return the actor of the folder, made now where there is none, on this node."""
    here = ray.get_runtime_context().get_node_id()
    make: Any = ray.remote(FolderActor)
    return make.options(
        name=f"folder-{mark}",
        namespace=NAMESPACE,
        lifetime="detached",
        get_if_exists=True,
        max_restarts=-1,
        max_concurrency=TOGETHER,
        num_cpus=0,
        scheduling_strategy=NodeAffinitySchedulingStrategy(here, soft=True),
    ).remote(str(root), mark)
