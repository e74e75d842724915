"""The process that trains one run."""

import contextlib
import json
import os
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

import torch

from cnnviz.accelerate.malloc import keep_freed_memory
from cnnviz.runs.commands import LEAVE, CommandQueue
from cnnviz.runs.folder import read_folder
from cnnviz.runs.limits import Limits
from cnnviz.runs.priority import lower_priority
from cnnviz.runs.run_training import train_run

GRACE = 5.0
"""Seconds that a worker has to save and leave once the process above it is gone."""


def main(connection: "Connection[Any, Any]", task: dict[str, Any]) -> None:
    """Train the run in `task["folder"]`; commands arrive as JSON, and an end of file means leave."""
    yield_to_server()
    keep_freed_memory()
    torch.set_num_threads(task["threads"])
    controls = CommandQueue(task["commands"])
    Thread(target=_listen, args=(connection, controls), daemon=True).start()
    folder = Path(task["folder"])
    record = read_folder(folder)
    train_run(folder, record.plan, controls, Limits(**task["limits"]))


def yield_to_server() -> None:
    """Let pages come first, and where memory ends let the system end this process, not the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lower_priority()
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _listen(connection: "Connection[Any, Any]", controls: CommandQueue) -> None:
    with contextlib.suppress(EOFError, OSError):
        while True:
            controls.give(json.loads(connection.recv_bytes()))
    controls.give(LEAVE)
    time.sleep(GRACE)
    os._exit(1)
