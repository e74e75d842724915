"""The process between the server and the workers: `python -m cnnviz.runs.supervisor`.

It reads commands as JSON lines on its input and tells on its output which runs have ended; when its input
ends, because the server has, the workers save and leave, and so does it.
"""

import contextlib
import json
import multiprocessing
import os
import queue
import signal
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import IO, Any

from cnnviz.errors import UserError
from cnnviz.runs.folder import read_folder, write_state

PRELOAD = ["cnnviz.runs.preload"]
QUIT = 8.0
"""Seconds after which workers that will not leave are ended; longer than the workers' own grace."""


def main() -> None:
    """Serve until the end of the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)  # what a library prints must not be read as an answer
        Supervisor(output).serve(sys.stdin)


class Supervisor:
    """Starts a worker per run, passes commands on, and tells of every end."""

    def __init__(self, output: IO[str]) -> None:
        self._output = output
        self._inbox: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._workers: dict[str, tuple[BaseProcess, Connection[Any, Any], Path]] = {}
        methods = multiprocessing.get_all_start_methods()
        self._method = "forkserver" if "forkserver" in methods else "spawn"
        self._context: Any = multiprocessing.get_context(self._method)

    def serve(self, commands: IO[str]) -> None:
        """Obey every line of `commands`; at its end everything ends."""
        if self._method == "forkserver":
            from multiprocessing import forkserver

            self._context.set_forkserver_preload(PRELOAD)
            forkserver.ensure_running()
        Thread(target=self._read, args=(commands,), daemon=True).start()
        while True:
            command = self._inbox.get()
            match command["do"]:
                case "start":
                    self._start(command)
                case "send":
                    self._send(command["run"], command["command"])
                case "ended":
                    self._ended(command["run"])
                case "quit":
                    self._quit()
                    return

    def _read(self, commands: IO[str]) -> None:
        with contextlib.suppress(ValueError, OSError):
            for line in commands:
                self._inbox.put(json.loads(line))
        self._inbox.put({"do": "quit"})

    def _start(self, command: dict[str, Any]) -> None:
        from cnnviz.runs import entry

        mine, theirs = self._context.Pipe()
        process = self._context.Process(target=entry.run, args=(theirs, command["task"]), daemon=True)
        process.start()
        theirs.close()
        self._workers[command["run"]] = process, mine, Path(command["task"]["folder"])
        Thread(target=self._wait, args=(command["run"], process), daemon=True).start()

    def _wait(self, run: str, process: BaseProcess) -> None:
        process.join()
        self._inbox.put({"do": "ended", "run": run})

    def _send(self, run: str, command: dict[str, Any]) -> None:
        if run in self._workers:
            with contextlib.suppress(OSError):
                self._workers[run][1].send_bytes(json.dumps(command).encode())

    def _ended(self, run: str) -> None:
        process, connection, folder = self._workers.pop(run)
        connection.close()
        record_exit(folder, process.exitcode)
        with contextlib.suppress(OSError):
            print(json.dumps({"run": run, "event": "ended"}), file=self._output, flush=True)

    def _quit(self) -> None:
        for _, connection, _ in self._workers.values():
            connection.close()
        until = time.monotonic() + QUIT
        for process, _, _ in self._workers.values():
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                process.kill()
                process.join()


def record_exit(folder: Path, exit_code: int | None) -> None:
    """Record in the run's state how its worker ended, where the worker could not do so itself."""
    with contextlib.suppress(UserError):
        record = read_folder(folder)
        if record.status in ("starting", "interrupted") and record.reason is None and exit_code != 0:
            killed = exit_code == -signal.SIGKILL if os.name == "posix" else False
            reason = UserError("run_killed") if killed else UserError("run_ended", code=exit_code)
            write_state(folder, "interrupted", reason)


if __name__ == "__main__":
    main()
