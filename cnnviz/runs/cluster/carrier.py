"""A run's folder on a node that does not see the servers' folder: fetched, and what changes is sent back."""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any

import ray

from cnnviz.errors import UserError
from cnnviz.runs.cluster.cluster_settings import NAMESPACE
from cnnviz.runs.cluster.folder_changes import FolderWatch, write_files

EVERY = 0.25
"""Seconds between two looks at what has changed."""
PATIENCE = 300.0
"""Seconds to wait for the actor of the folder, which is made anew where its node is lost."""


class Carrier:
    """Keeps the server's folder of a run as the one on this node is."""

    def __init__(self, mark: str, run_id: str) -> None:
        self._mark, self._run_id, self._token = mark, run_id, secrets.token_hex(8)
        self._temporary = TemporaryDirectory(prefix="cnnviz-")
        self.folder = Path(self._temporary.name) / run_id
        self._done = Event()
        self._thread: Thread | None = None

    def fetch(self) -> None:
        """Bring the run to this node.

        Raises:
            UserError: `run_busy`, `run_disk` or `ray_folder`.
        """
        self.folder.mkdir()
        write_files(self.folder, self._ask("fetch", self._run_id, self._token))
        self._watch = FolderWatch(self.folder)

    def start(self, on_end: Callable[[], None]) -> None:
        """Send changes from now on; `on_end` is called where the server takes none any more."""
        self._thread = Thread(target=self._send_on, args=(on_end,), name="carrier", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send the last changes, and remove the folder here."""
        self._done.set()
        if self._thread is not None:
            self._thread.join()
        self._temporary.cleanup()

    def _send_on(self, on_end: Callable[[], None]) -> None:
        try:
            while True:
                last = self._done.wait(EVERY)
                changes = self._watch.changes()
                if changes and not self._ask("put", self._run_id, self._token, changes):
                    break
                if last:
                    return
        except UserError:
            pass
        on_end()

    def _ask(self, name: str, *words: Any) -> Any:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                actor = ray.get_actor(f"folder-{self._mark}", NAMESPACE)
                return ray.get(getattr(actor, name).remote(*words))
            except (ValueError, ray.exceptions.RayError) as error:
                cause = getattr(error, "cause", None)
                if isinstance(cause, UserError):
                    raise cause from None
                if time.monotonic() > until:
                    raise UserError("ray_folder", path=self._run_id) from error
            time.sleep(1)
