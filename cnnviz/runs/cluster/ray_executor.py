"""The runs of a store on a Ray cluster; Ray places them, and makes them anew where a node is lost."""

import contextlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from threading import RLock, Thread
from typing import Any

import ray

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason
from cnnviz.runs.cluster.cluster_settings import GPUS, NAMESPACE
from cnnviz.runs.cluster.folder_actor import folder_actor
from cnnviz.runs.cluster.folder_mark import make_mark
from cnnviz.runs.cluster.run_actor import RunActor
from cnnviz.runs.event_log import Event, read_events
from cnnviz.runs.executor import OnEnd
from cnnviz.runs.folder import METRICS, read_state, write_state
from cnnviz.runs.limits import Limits
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.runs.store import RunStore

RESTARTS = 50
"""How often Ray makes the actor of a run anew, so that one that takes its node's memory does not come back forever."""
END_GROUP = "end"
RELEASE = 10.0
"""Seconds that the actor beside the folder has to give a lock back."""


class RayExecutor:
    """Carries out the runs of `store` as detached actors: they outlive the process that began them.

    A run asks for the cores of its threads and, unless its plan says CPU, for `gpus` of a GPU. Nodes that do not see
    the store's folder, or are not to `look`, ask an actor beside it.
    """

    def __init__(self, store: RunStore, limits: Limits, gpus: float = 0.0, look: bool = True) -> None:
        self._store, self._limits, self._gpus, self._look = store, limits, gpus, look
        self._mark = make_mark(store.root)
        self._folder_actor = folder_actor(store.root, self._mark)
        self._lock = RLock()
        self._actors: dict[str, Any] = {}
        self._on_end: OnEnd = lambda run_id: None

    def submit(self, record: RunRecord, commands: Sequence[Mapping[str, Any]]) -> None:
        """Ask Ray for an actor with the run's cores and share of a GPU.

        Raises:
            UserError: `ray_no_gpu` where no node has as much, or `run_disk`.
        """
        threads, gpus = record.plan.config.threads, gpu_share(record.plan.config.device, self._gpus)
        if gpus > _largest("GPU"):
            raise UserError("ray_no_gpu", share=gpus, variable=GPUS)
        name = f"run-{record.id}-{secrets.token_hex(4)}"
        write_state(record.folder, "starting", actor=name)
        make: Any = ray.remote(concurrency_groups={END_GROUP: 4})(RunActor)
        actor = make.options(
            name=name,
            namespace=NAMESPACE,
            lifetime="detached",
            max_restarts=RESTARTS,
            max_task_retries=-1,
            num_cpus=min(threads, max(1, _largest("CPU"))),
            num_gpus=gpus,
        ).remote(
            str(record.folder),
            threads,
            [dict(command) for command in commands],
            asdict(self._limits),
            self._mark if self._look else "",
            self._mark,
        )
        self._follow(record.id, actor)

    def adopt(self, record: RunRecord) -> bool:
        """Take over a run that another process began; return False where it has no actor any more."""
        name = read_state(record.folder).get("actor")
        try:
            self._follow(record.id, ray.get_actor(str(name), NAMESPACE))
        except ValueError:
            return False
        return True

    def status(self, run_id: str) -> bool:
        """Return True while an actor has the run."""
        with self._lock:
            return run_id in self._actors

    def events(self, run_id: str, cursor: int = 0) -> tuple[list[Event], int]:
        """Return the lines of the run's metrics from byte `cursor` on.

        Raises:
            UserError: `run_unknown`.
        """
        return read_events(self._store.find(run_id).folder / METRICS, cursor)

    def send(self, run_id: str, command: Mapping[str, Any]) -> None:
        """Pass a command to the run's actor, if it has one; one that is being made anew gets it afterwards."""
        with self._lock:
            if run_id in self._actors:
                self._actors[run_id].send.remote(dict(command))

    def cancel(self, run_id: str) -> None:
        """End the run within a minibatch, or at once where it has no place on a node.

        Raises:
            UserError: `run_unknown`, `run_damaged` or `run_disk`.
        """
        with self._lock:
            if run_id not in self._actors:
                return
            record = self._store.find(run_id)
            if record.status == "starting":  # it may wait for a node for long
                write_state(record.folder, "cancelled")
                Thread(target=self._forget, args=(run_id, self._actors[run_id]), daemon=True).start()
            else:
                self.send(run_id, {"do": "cancel"})

    def capacity(self) -> int:
        """Return the cores of a new run: as many as let all runs that may train at once have as many."""
        most = _largest("CPU")
        together = sum(cores for cores in _resources("CPU"))
        return max(1, min(int(most), int(together // max(1, self._limits.concurrent))))

    def listen(self, on_end: OnEnd) -> None:
        """Call `on_end` at every end from now on."""
        self._on_end = on_end

    def warm(self) -> None:
        """Return at once: Ray keeps processes ready itself."""

    def close(self) -> None:
        """Return at once: the runs go on."""

    def _follow(self, run_id: str, actor: Any) -> None:
        with self._lock:
            self._actors[run_id] = actor
        end = actor.end.options(concurrency_group=END_GROUP).remote()
        Thread(target=self._hear, args=(run_id, actor, end), name=f"run {run_id}", daemon=True).start()

    def _hear(self, run_id: str, actor: Any, end: Any) -> None:
        why = ""
        try:
            ray.get(end)
        except ray.exceptions.RayError as error:
            why = error_reason(error)[:200]
        with contextlib.suppress(ray.exceptions.RayError):
            ray.get(self._folder_actor.release.remote(run_id), timeout=RELEASE)
        with contextlib.suppress(UserError):
            record = self._store.find(run_id)
            if record.status in ALIVE and self._has(run_id, actor):  # nobody was there to say it
                write_state(record.folder, "interrupted", UserError("ray_lost", why=why or record.node))
        self._forget(run_id, actor)

    def _has(self, run_id: str, actor: Any) -> bool:
        with self._lock:
            return self._actors.get(run_id) is actor

    def _forget(self, run_id: str, actor: Any) -> None:
        """Give the actor's resources back, once."""
        with self._lock:
            if not self._has(run_id, actor):
                return
            del self._actors[run_id]
        with contextlib.suppress(Exception):
            ray.kill(actor)
        self._on_end(run_id)


def gpu_share(device: str, gpus: float) -> float:
    """Return the share of a GPU that a run on `device` asks for, where "auto" asks for `gpus`.

    >>> gpu_share("auto", 0.25), gpu_share("cpu", 0.25), gpu_share("cuda", 0)
    (0.25, 0.0, 1.0)
    """
    if device == "auto":
        return gpus
    return (gpus or 1.0) if device == "cuda" else 0.0


def _resources(kind: str) -> list[float]:
    return [float(node["Resources"].get(kind, 0)) for node in ray.nodes() if node["Alive"]]


def _largest(kind: str) -> float:
    return max(_resources(kind), default=0.0)
