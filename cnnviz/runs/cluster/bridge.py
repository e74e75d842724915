"""The process between a server and the cluster: `python -m cnnviz.runs.cluster.bridge`.

Ray ends a process whose cluster is gone; so the server itself never joins one. The bridge reads a key on its input,
says on its output where it listens, answers each connection once, and ends with its input, which ends with the server.
"""

import contextlib
import json
import os
import sys
from dataclasses import asdict
from multiprocessing.connection import Connection, Listener
from threading import Thread
from typing import Any

import ray

from cnnviz.errors import UserError
from cnnviz.runs.cluster.connect import connect, unreachable
from cnnviz.runs.cluster.queue_actor import queue_actor
from cnnviz.runs.limits import limits
from cnnviz.runs.run_record import pack_error
from cnnviz.runs.store import RunStore

BEGIN = 150.0
"""Seconds that the queue has to load its libraries."""
WAIT = 40.0
"""Seconds that the queue has for an answer; a deletion waits for its run for 20."""
GLANCE = 3.0
"""Seconds for what a page asks again and again."""


def main() -> None:
    """Serve until the end of the input."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as output:
        os.dup2(2, 1)  # what a library prints must not be read as an answer
        key = bytes.fromhex(sys.stdin.readline())
        try:
            connect()
            client = QueueClient()
        except UserError as error:
            print(json.dumps({"error": pack_error(error)}), file=output, flush=True)
            return
        listener = Listener(authkey=key)
        print(json.dumps({"address": listener.address}), file=output, flush=True)
    Thread(target=_accept, args=(listener, client), daemon=True).start()
    sys.stdin.read()
    os._exit(0)


class QueueClient:
    """The queue of this server's runs, wherever on the cluster it stands."""

    def __init__(self) -> None:
        self._store, self._limits = RunStore(), asdict(limits())
        self._actor = self._find()

    def ask(self, name: str, words: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Return what the queue's method gives.

        Raises:
            UserError: as the method does, or `ray_unreachable`.
        """
        try:
            return self._ask(name, words, named)
        except ray.exceptions.ActorDiedError:  # for good: its node was the only one with the folder
            self._actor = self._find()
        except ray.exceptions.RayError as error:
            raise unreachable(error) from error
        try:
            return self._ask(name, words, named)
        except ray.exceptions.RayError as error:
            raise unreachable(error) from error

    def _find(self) -> Any:
        """Return the queue's actor once it answers: a call that was given up might still be obeyed later."""
        actor = queue_actor(self._store, self._limits)
        try:
            ray.get(actor.call.remote("place", ("",), {}), timeout=BEGIN)
        except ray.exceptions.RayError as error:
            raise unreachable(error) from error
        return actor

    def _ask(self, name: str, words: tuple[Any, ...], named: dict[str, Any]) -> Any:
        try:
            return ray.get(self._actor.call.remote(name, words, named), timeout=GLANCE if name == "place" else WAIT)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, UserError):
                raise error.cause from None
            raise


def _accept(listener: Listener, client: QueueClient) -> None:
    while True:
        with contextlib.suppress(Exception):  # whoever has no key
            Thread(target=_answer, args=(listener.accept(), client), daemon=True).start()


def _answer(connection: "Connection[Any, Any]", client: QueueClient) -> None:
    with connection, contextlib.suppress(EOFError, OSError):
        name, words, named = connection.recv()
        try:
            answer = True, client.ask(name, words, named)
        except UserError as error:
            answer = False, error
        connection.send(answer)


if __name__ == "__main__":
    main()
