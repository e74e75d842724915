"""The queue that several servers share, as the pages of one of them use it."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Client
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.cluster.cluster_settings import ADDRESS, check_package, cluster_address, run_gpus
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_record import RunRecord, unpack_error
from cnnviz.runs.store import RunStore

ROOT = Path(__file__).parents[3]
WAIT = 60.0
"""Seconds that the bridge has for an answer, longer than what it waits for itself."""
LEAVING = 5.0
AGAIN = 10.0
"""Seconds between two tries to join a cluster that nobody waits for."""


class ClusterQueue:
    """The queue as pages use it, from any thread; it stands on the cluster, and a process of its own asks it.

    Raises:
        UserError: `ray_missing` where the package is not installed, or `option_number`.
    """

    def __init__(self, store: RunStore, limits: Limits) -> None:
        check_package()
        run_gpus()
        self.store, self.limits = store, limits
        self._lock = RLock()
        self._bridge: subprocess.Popen[str] | None = None
        self._address: str | tuple[str, int] = ""
        self._warm_after = 0.0
        self._key = secrets.token_bytes(32)

    def submit(
        self,
        given: Mapping[str, Any],
        user: str = "",
        name: str = "",
        commands: Iterable[Mapping[str, Any]] = (),
        address: str | None = None,
    ) -> RunRecord:
        """Take in a new run, as `RunQueue.submit` does.

        Raises:
            UserError: as there, or `ray_unreachable`.
        """
        run: RunRecord = self._ask("submit", given, user, name, [*commands], address)
        return run

    def send(self, run_id: str, command: Mapping[str, Any], user: str = "", address: str | None = None) -> None:
        """Pass a command to a run of the user, as `RunQueue.send` does.

        Raises:
            UserError: as there, or `ray_unreachable`.
        """
        self._ask("send", run_id, command, user, address)

    def place(self, run_id: str) -> int | None:
        """Return the run's place in the queue: 1 is next; None where it does not wait, or nobody can tell."""
        if self._bridge is None or self._bridge.poll() is not None:
            self.warm()  # a page does not wait for it
            return None
        with contextlib.suppress(UserError):
            place: int | None = self._ask("place", run_id)
            return place
        return None

    def delete(self, run_id: str, user: str = "") -> None:
        """End a run of the user and take it out of the list, as `RunQueue.delete` does.

        Raises:
            UserError: as there, or `ray_unreachable`.
        """
        self._ask("delete", run_id, user)

    def bring_back(self, run_id: str, user: str = "") -> RunRecord:
        """Undo the deletion of a run of the user.

        Raises:
            UserError: as `RunQueue.bring_back`, or `ray_unreachable`.
        """
        run: RunRecord = self._ask("bring_back", run_id, user)
        return run

    def sweep(self, now: float | None = None) -> int:
        """Remove hosted runs without a visit for a day; return the number of runs removed.

        Raises:
            UserError: `ray_unreachable`.
        """
        count: int = self._ask("sweep", now)
        return count

    @property
    def num_running(self) -> int:
        """Runs under way on the cluster, those that begin included."""
        return sum(record.status in ("starting", "running") for record in self.store.everyones())

    @property
    def num_waiting(self) -> int:
        """Runs in the queue."""
        return sum(record.status == "waiting" for record in self.store.everyones())

    def warm(self) -> None:
        """Join the cluster while the user chooses; what is wrong there, the first call says."""
        if time.monotonic() > self._warm_after:
            self._warm_after = time.monotonic() + AGAIN
            Thread(target=self._warm, name="cluster", daemon=True).start()

    def close(self) -> None:
        """Leave the cluster, where the runs go on."""
        with self._lock:
            bridge, self._bridge = self._bridge, None
        if bridge is not None and bridge.stdin is not None:
            with contextlib.suppress(OSError):
                bridge.stdin.close()
            try:
                bridge.wait(LEAVING)
            except subprocess.TimeoutExpired:
                bridge.kill()
                bridge.wait()

    def _warm(self) -> None:
        with contextlib.suppress(UserError):
            self._ready()

    def _ask(self, name: str, *words: Any) -> Any:
        try:
            with Client(self._ready(), authkey=self._key) as connection:
                connection.send((name, words, {}))
                if not connection.poll(WAIT):
                    raise TimeoutError("timed out")
                done, answer = connection.recv()
        except (OSError, EOFError) as error:
            raise _unreachable(error_reason(error)) from error
        if not done:
            raise answer
        return answer

    def _ready(self) -> "str | tuple[str, int]":
        """Return the address of the bridge, of a new one where there is none or the cluster's end ended it."""
        with self._lock:
            if self._bridge is None or self._bridge.poll() is not None:
                self._start()
            return self._address

    def _start(self) -> None:
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        quiet = None if os.environ.get("CNNVIZ_DEBUG") else subprocess.DEVNULL
        bridge = subprocess.Popen(
            [sys.executable, "-m", "cnnviz.runs.cluster.bridge"],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=quiet,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths), "CNNVIZ_RUNS": str(self.store.root)},
            start_new_session=True,  # Ctrl-C is for the server alone
        )
        assert bridge.stdin is not None
        assert bridge.stdout is not None
        try:
            bridge.stdin.write(self._key.hex() + "\n")
            bridge.stdin.flush()
            said = json.loads(bridge.stdout.readline())
        except (OSError, ValueError) as error:
            bridge.kill()
            bridge.wait()
            raise _unreachable(str(bridge.returncode)) from error
        if wrong := unpack_error(said.get("error")):
            bridge.wait()
            raise wrong
        address = said["address"]
        self._bridge, self._address = bridge, tuple(address) if isinstance(address, list) else address


def _unreachable(why: str) -> UserError:
    return UserError("ray_unreachable", address=cluster_address(), why=why, variable=ADDRESS)
