"""Servers that share the queue of a cluster: they come and go, the runs and their order stay."""

import os
import socket
import subprocess
import sys
import time

import psutil
import pytest

from cnnviz.errors import UserError
from cnnviz.runs.limits import limits
from cnnviz.runs.queue import open_queue
from cnnviz.runs.store import RunStore
from tests.runs.cluster.conftest import ROOT, wait
from tests.runs.tiny import curve, tiny

ray = pytest.importorskip("ray")

ANNE, BERT = "anne's key 0123456789", "bert's key 0123456789"
SERVER = """
import sys, time
from cnnviz.runs import open_queue
from tests.runs.tiny import tiny
queue = open_queue()
print(queue.submit(tiny(epochs=400), "anne's key 0123456789").id, flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(small_cluster, monkeypatch, tmp_path):
    """Settings of a server of the cluster, where one run trains at a time."""
    for name, value in {
        "CNNVIZ_EXECUTOR": "ray",
        "RAY_ADDRESS": small_cluster.address,
        "CNNVIZ_RUNS": str(tmp_path),
        "CNNVIZ_PROFILE": "hosted",
        "CNNVIZ_CONCURRENT_RUNS": "1",
        "CNNVIZ_MAX_EPOCHS": "1000",
    }.items():
        monkeypatch.setenv(name, value)


def test_two_servers_share_one_fair_queue_that_outlives_them(server):
    first = subprocess.Popen(
        [sys.executable, "-c", SERVER], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
    )
    running = first.stdout.readline().decode().strip()
    second = open_queue()
    wait(lambda: second.store.find(running).status == "running")
    again, other = second.submit(tiny(400), ANNE), second.submit(tiny(2), BERT)
    assert (second.place(again.id), second.place(other.id)) == (2, 1)
    with pytest.raises(UserError) as error:
        second.send(running, {"do": "cancel"}, BERT)
    assert error.value.key == "run_not_yours"

    family = psutil.Process(first.pid).children(recursive=True)
    first.kill()
    first.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive  # the bridge left with its server
    seen = len(curve(second.store.find(running).folder))
    wait(lambda: len(curve(second.store.find(running).folder)) > seen)

    ray.init(address=os.environ["RAY_ADDRESS"], namespace="cnnviz", log_to_driver=False, configure_logging=False)
    from cnnviz.runs.cluster.folder_mark import read_mark

    actor = ray.get_actor(f"queue-{read_mark(second.store.root)}")
    ray.kill(actor, no_restart=False)  # as when its node is lost
    wait(lambda: (second.place(again.id), second.place(other.id)) == (2, 1))
    ray.shutdown()
    assert second.store.find(running).status == "running"

    told = time.monotonic()
    second.send(running, {"do": "cancel"}, ANNE)
    wait(lambda: second.store.find(running).status == "cancelled")
    print("cancelled after", time.monotonic() - told)
    wait(lambda: second.store.find(other.id).status == "finished")
    second.delete(again.id, ANNE)
    assert [run.id for run in second.store.runs(ANNE)] == [running]
    second.close()
    assert second._bridge is None


def test_an_address_where_no_cluster_is_says_so_at_once(server, monkeypatch):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    for wrong in (address, "nonsense"):
        monkeypatch.setenv("RAY_ADDRESS", wrong)
        queue = open_queue()
        with pytest.raises(UserError) as error:
            queue.submit(tiny(), ANNE)
        assert error.value.key == "ray_unreachable"
        assert wrong in str(error.value)
        assert queue.store.runs(ANNE) == ()
        queue.close()
    assert limits().concurrent == 1
    assert RunStore().hosted
