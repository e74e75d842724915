"""The one queue of a folder of runs, as an actor that every server asks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from cnnviz.errors import UserError
from cnnviz.runs.cluster.cluster_settings import NAMESPACE, run_gpus
from cnnviz.runs.cluster.folder_mark import make_mark, read_mark
from cnnviz.runs.cluster.ray_executor import RayExecutor
from cnnviz.runs.limits import Limits
from cnnviz.runs.queue import RunQueue
from cnnviz.runs.store import RunStore

KEEPER = "cluster"
CALLS = ("submit", "send", "place", "delete", "bring_back", "sweep")
"""The methods of the queue that a server may call."""
TOGETHER = 64
"""Calls under way at once; a deletion waits for its run."""


class QueueActor:
    """Holds the queue of the runs in `root`; made anew, it takes in again what it kept.

    Raises:
        UserError: `ray_folder` on a node that does not see the folder.
    """

    def __init__(self, root: str, mark: str, hosted: bool, limits: Mapping[str, int], gpus: float) -> None:
        if read_mark(Path(root)) != mark:
            raise UserError("ray_folder", path=root)
        store, allowed = RunStore(Path(root), hosted), Limits(**limits)
        self._queue = RunQueue(store, RayExecutor(store, allowed, gpus), allowed, KEEPER)
        self._queue.recover()

    def call(self, name: str, words: Sequence[Any], named: Mapping[str, Any]) -> Any:
        """Return what the queue's method gives.

        Raises:
            UserError: as the method does.
        """
        assert name in CALLS
        return getattr(self._queue, name)(*words, **named)


def queue_actor(store: RunStore, limits: Mapping[str, int]) -> Any:
    """Return the actor of the store's queue, made now where there is none; it stays where the folder is."""
    mark = make_mark(store.root)
    here = ray.get_runtime_context().get_node_id()
    options = ray.remote(QueueActor).options(
        name=f"queue-{mark}",
        namespace=NAMESPACE,
        lifetime="detached",
        get_if_exists=True,
        max_restarts=-1,
        max_concurrency=TOGETHER,
        num_cpus=0,
        scheduling_strategy=NodeAffinitySchedulingStrategy(here, soft=True),
    )
    return options.remote(str(store.root), mark, store.hosted, dict(limits), run_gpus())
