"""A cluster of three small nodes on this machine; without Ray its tests are left out."""

import os
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
MEMORY = 100 * 2**20
os.environ.setdefault("RAY_raylet_start_wait_time_s", "180")  # read when Ray is imported, for a busy machine


class SmallCluster:
    """A head that trains nothing, and nodes "one", "two", … that come and go."""

    def __init__(self, nodes: int = 2) -> None:
        from ray.cluster_utils import Cluster

        head = {"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False, "node_name": "head"}
        self.cluster = Cluster(initialize_head=True, head_node_args=head)
        self.nodes: dict[str, Any] = {}
        self._numbers = count(1)
        for _ in range(nodes):
            self.add()

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def add(self, cpus: int = 2, wait: bool = True) -> str:
        """Add a node; `wait` until Ray has also seen which nodes have ended."""
        name = f"node-{next(self._numbers)}"
        self.nodes[name] = self.cluster.add_node(False, num_cpus=cpus, object_store_memory=MEMORY, node_name=name)
        if wait:
            self.cluster.wait_for_nodes(timeout=180)  # a busy machine takes longer than Ray's own half a minute
        return name

    def kill(self, name: str) -> None:
        """End a node as a power cut does."""
        self.cluster.remove_node(self.nodes.pop(name), allow_graceful=False)


@pytest.fixture(scope="session")
def small_cluster() -> Iterator[SmallCluster]:
    pytest.importorskip("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))  # the nodes' processes read it
        patch.setenv("RAY_worker_niceness", "0")
        made = SmallCluster()
        yield made
        made.cluster.shutdown()


def wait(true: Callable[[], object], seconds: float = 200) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
