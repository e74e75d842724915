"""Runs on this machine: one supervisor, started when it is first needed, that ends with this process."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from threading import RLock, Thread
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.cpu_count import usable_cores
from cnnviz.runs.event_log import Event, read_events
from cnnviz.runs.executor import OnEnd
from cnnviz.runs.folder import METRICS, write_state
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_record import RunRecord
from cnnviz.runs.store import RunStore

ROOT = Path(__file__).parents[2]
LEAVING = 15.0


class LocalExecutor:
    """An executor that trains the runs of `store` in processes of this machine.

    The cores go to the first run; what comes while none is free gets one thread.
    """

    def __init__(self, store: RunStore, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._lock = RLock()
        self._supervisor: subprocess.Popen[str] | None = None
        self._runs: dict[str, tuple[int, subprocess.Popen[str]]] = {}
        self._folders: dict[str, Path] = {}
        self._on_end: OnEnd = lambda run_id: None

    def submit(self, record: RunRecord, commands: Sequence[Mapping[str, Any]]) -> None:
        """Start a worker with the run's threads, which its plan must name.

        Raises:
            UserError: `run_supervisor` where no process can be started.
        """
        threads = record.plan.config.threads
        task = {
            "folder": str(record.folder),
            "threads": threads,
            "commands": list(commands),
            "limits": asdict(self._limits),
        }
        with self._lock:
            self._folders[record.id] = record.folder
            self._runs[record.id] = threads, self._tell({"do": "start", "run": record.id, "task": task})

    def adopt(self, record: RunRecord) -> bool:
        """Return False: no run outlives the process that began it."""
        return False

    def status(self, run_id: str) -> bool:
        """Return True while a worker has the run."""
        with self._lock:
            return run_id in self._runs

    def events(self, run_id: str, cursor: int = 0) -> tuple[list[Event], int]:
        """Return the lines of the run's metrics from byte `cursor` on.

        Raises:
            UserError: `run_unknown`.
        """
        folder = self._folders.get(run_id) or self._store.find(run_id).folder
        return read_events(folder / METRICS, cursor)

    def send(self, run_id: str, command: Mapping[str, Any]) -> None:
        """Pass a command to the run's worker, if it has one."""
        with self._lock:
            if run_id in self._runs:
                self._tell({"do": "send", "run": run_id, "command": dict(command)})

    def cancel(self, run_id: str) -> None:
        """End the run within a minibatch, and free its memory."""
        self.send(run_id, {"do": "cancel"})

    def capacity(self) -> int:
        """Return the cores that no run has, at least 1."""
        with self._lock:
            return max(1, usable_cores() - sum(threads for threads, _ in self._runs.values()))

    def listen(self, on_end: OnEnd) -> None:
        """Call `on_end` at every end from now on."""
        self._on_end = on_end

    def warm(self) -> None:
        """Start the supervisor, which loads torch for the workers to come.

        Raises:
            UserError: `run_supervisor`.
        """
        with self._lock:
            self._ready()

    def close(self) -> None:
        """Let the workers save and leave, then the supervisor."""
        with self._lock:
            supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None and supervisor.stdin is not None:
            with contextlib.suppress(OSError):
                supervisor.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                supervisor.wait(LEAVING)

    def _ready(self) -> "subprocess.Popen[str]":
        if self._supervisor is None or self._supervisor.poll() is not None:
            self._supervisor = self._start()
        return self._supervisor

    def _tell(self, command: Mapping[str, Any], again: bool = True) -> "subprocess.Popen[str]":
        """Write to the supervisor, a new one where the old one has just died; return the one that was told."""
        supervisor = self._ready()
        assert supervisor.stdin is not None
        try:
            supervisor.stdin.write(json.dumps(command) + "\n")
            supervisor.stdin.flush()
        except OSError as error:
            if not again:
                raise UserError("run_supervisor", why=error_reason(error)) from error
            supervisor.wait()
            return self._tell(command, again=False)
        return supervisor

    def _start(self) -> "subprocess.Popen[str]":
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        # waiting threads that sleep: two runs on the same cores then take what they take one after the other
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "OMP_WAIT_POLICY": "PASSIVE"}
        apart: dict[str, Any] = {"start_new_session": True}  # Ctrl-C is for the server alone
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        try:
            supervisor = subprocess.Popen(
                [sys.executable, "-m", "cnnviz.runs.supervisor"],
                text=True,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment,
                encoding="utf-8",
                **apart,
            )
        except OSError as error:
            raise UserError("run_supervisor", why=error_reason(error)) from error
        Thread(target=self._hear, args=(supervisor,), name="runs", daemon=True).start()
        return supervisor

    def _hear(self, supervisor: "subprocess.Popen[str]") -> None:
        assert supervisor.stdout is not None
        for line in supervisor.stdout:
            self._forget(json.loads(line)["run"])
        supervisor.wait()
        with self._lock:
            lost = [run_id for run_id, (_, its) in self._runs.items() if its is supervisor]
        for run_id in lost:
            with contextlib.suppress(UserError):
                record = self._store.find(run_id)
                if record.status == "starting":  # no worker was there to say it
                    reason = UserError("run_supervisor", why=str(supervisor.returncode))
                    write_state(record.folder, "interrupted", reason)
            self._forget(run_id)

    def _forget(self, run_id: str) -> None:
        with self._lock:
            known = self._runs.pop(run_id, None)
        if known is not None:
            self._on_end(run_id)
