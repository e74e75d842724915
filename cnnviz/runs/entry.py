"""The entry point of a worker process, which the supervisor can name without importing torch itself."""

from multiprocessing.connection import Connection
from typing import Any


def run(connection: "Connection[Any, Any]", task: dict[str, Any]) -> None:
    """Train the run of `task`, as `worker.main` does."""
    from cnnviz.runs import worker

    worker.main(connection, task)
