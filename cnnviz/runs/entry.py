"""Where a worker begins: a name that the supervisor can hand over without importing torch itself."""

from multiprocessing.connection import Connection
from typing import Any


def run(connection: "Connection[Any, Any]", task: dict[str, Any]) -> None:
    """Trains, as `worker.main` does."""
    from cnnviz.runs import worker

    worker.main(connection, task)
