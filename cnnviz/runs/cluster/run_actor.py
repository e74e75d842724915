"""The actor that trains one run, on whichever node Ray gives it."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import Any

import ray
import torch

from cnnviz.accelerate.malloc import keep_freed_memory
from cnnviz.errors import UserError
from cnnviz.runs.cluster.carrier import Carrier
from cnnviz.runs.cluster.folder_mark import read_mark
from cnnviz.runs.commands import LEAVE, CommandQueue, commands_after_loss
from cnnviz.runs.folder import read_folder, read_state, write_state
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_record import ALIVE
from cnnviz.runs.run_training import train_run

PATIENCE = 3600.0
"""Seconds to wait for the run's lock: that of a lost node is given back only when its processes or its lease end, and
an actor of a cluster whose head is lost trains on until its node is stopped."""


class RunActor:
    """Trains the run in `folder` from the moment it is made; Ray makes it anew where its node is lost.

    It then goes on from the last checkpoint, and `commands`, obeyed before, are not obeyed again. Where the folder with
    `mark` is not to be seen, the actor of the folder with the mark `kept` sends and takes its files.
    """

    def __init__(
        self,
        folder: str,
        threads: int,
        commands: Sequence[Mapping[str, Any]],
        limits: Mapping[str, int],
        mark: str,
        kept: str,
    ) -> None:
        self._folder, self._threads, self._limits = Path(folder), threads, Limits(**limits)
        self._ended = Event()
        self._carrier: Carrier | None = None
        if not mark or read_mark(self._folder.parent) != mark:
            self._carrier = Carrier(kept, self._folder.name)
            self._carrier.fetch()
            self._folder = self._carrier.folder
        facts = read_state(self._folder)
        if facts.get("status") not in (*ALIVE, "paused"):  # it has ended, and nobody has heard it
            self._finish()
            return
        if ray.get_runtime_context().was_current_actor_reconstructed:
            commands = commands_after_loss(facts, commands)
        self._controls = CommandQueue(commands)
        Thread(target=self._work, name="training", daemon=True).start()

    def send(self, command: Mapping[str, Any]) -> None:
        """Pass a command on."""
        if not self._ended.is_set():
            self._controls.give(command)

    def end(self) -> None:
        """Return when nobody works on the run any more."""
        self._ended.wait()

    def _work(self) -> None:
        try:
            if not ray.get_runtime_context().get_accelerator_ids().get("GPU"):
                os.environ["CUDA_VISIBLE_DEVICES"] = ""  # what others of this node have is not this run's
            keep_freed_memory()
            torch.set_num_threads(self._threads)  # holds for the thread that calls it
            plan = read_folder(self._folder).plan
            if self._carrier is not None:
                self._carrier.start(lambda: self._controls.give(LEAVE))
            train_run(self._folder, plan, self._controls, self._limits, node=node_name(), patience=PATIENCE)
        except UserError as error:
            with contextlib.suppress(UserError):
                write_state(self._folder, "interrupted", error)
        finally:
            self._finish()

    def _finish(self) -> None:
        if self._carrier is not None:
            self._carrier.close()
        self._ended.set()


def node_name() -> str:
    """Return the name of this node, by default its address."""
    here = ray.get_runtime_context().get_node_id()
    return next((str(node["NodeName"]) for node in ray.nodes() if node["NodeID"] == here), "")
