"""A Streamlit server of its own, with a folder of runs of its own, and what it takes."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    address: str
    process: psutil.Process

    @property
    def megabytes(self) -> float:
        """Resident memory of the process that answers browsers, its workers left out."""
        return self.process.memory_info().rss / 1e6

    def metric(self, name: str) -> float:
        """Return the number `name` of `/metrics`, summed over its labels; the server has `CNNVIZ_METRICS=1`."""
        with urllib.request.urlopen(f"{self.address}/metrics", timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.split("{")[0].split()[0] == name)


@contextmanager
def served(script: str = "app.py", log: Path | None = None, **settings: str) -> Iterator[Server]:
    """Run a server for `script` until the end of the block; `log` takes what it prints."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    runs = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)  # a worker writes until it sees the server gone
    printed = log.open("wb") if log is not None else subprocess.DEVNULL
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", script, "--server.headless=true"),
            *(f"--server.port={port}", "--server.address=127.0.0.1"),
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "CNNVIZ_RUNS": runs.name} | settings,
        stdout=printed,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                    break
            except OSError:
                time.sleep(0.1)
        yield Server(address, psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait(20)
        runs.cleanup()


def orphans(before: list[psutil.Process], patience: float = 10) -> list[str]:
    """Return the processes of a server that has ended which are still there after `patience` seconds."""
    _, alive = psutil.wait_procs(before, timeout=patience)
    return [" ".join(one.cmdline()) for one in alive if one.is_running()]
