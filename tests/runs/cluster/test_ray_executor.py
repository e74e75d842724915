"""Runs as actors of a cluster: told, killed, and compared with runs that nothing happened to."""

from dataclasses import replace

import pytest
from safetensors.torch import load

from cnnviz.errors import UserError
from cnnviz.runs.limits import limits
from cnnviz.runs.queue import RunQueue
from cnnviz.runs.store import RunStore
from tests.runs.cluster.conftest import wait
from tests.runs.tiny import curve, history, tiny

ray = pytest.importorskip("ray")

LONG = 1000


@pytest.fixture(scope="module")
def queue(small_cluster, tmp_path_factory):
    from cnnviz.runs.cluster.ray_executor import RayExecutor

    ray.init(address=small_cluster.address, namespace="cnnviz", log_to_driver=False, configure_logging=False)
    store = RunStore(tmp_path_factory.mktemp("runs"), hosted=False)
    allowed = replace(limits(), pause_seconds=30)
    made = RunQueue(store, RayExecutor(store, allowed), allowed, "cluster")
    yield made
    for run in store.runs():
        made.delete(run.id)
    made.close()
    ray.shutdown()


def begun(queue, **given):
    run = queue.submit(tiny(LONG, **given))
    wait(lambda: queue.store.find(run.id).status == "running" and len(curve(run.folder)) > 3)
    return run


def weights(folder):
    return load((folder / "checkpoint.safetensors").read_bytes())


def test_a_run_obeys_on_a_node_as_it_does_here(queue, small_cluster):
    run = begun(queue)
    assert queue.store.find(run.id).node in small_cluster.nodes
    told, cursor = queue.executor.events(run.id)
    assert [event["event"] for event in told[:2]] == ["start", "step"]
    queue.send(run.id, {"do": "pause"})
    wait(lambda: queue.store.find(run.id).status == "paused")
    rested = len(curve(run.folder))
    queue.send(run.id, {"do": "step"})
    wait(lambda: len(curve(run.folder)) == rested + 1)
    queue.send(run.id, {"do": "learning_rate", "value": 0.001})
    wait(lambda: history(run.folder).changes == [(rested + 1, 0.001)])
    queue.send(run.id, {"do": "rewind"})
    wait(lambda: curve(run.folder) == [])
    queue.send(run.id, {"do": "resume"})
    wait(lambda: len(curve(run.folder)) > 3)
    queue.send(run.id, {"do": "cancel"})
    wait(lambda: not queue.executor.status(run.id))
    record = queue.store.find(run.id)
    assert (record.status, record.step) == ("cancelled", len(curve(run.folder)))
    assert queue.executor.events(run.id, cursor)[0][-1]["event"] == "end"


def test_a_run_of_a_lost_node_ends_elsewhere_as_if_nothing_had_happened(queue, small_cluster):
    quiet = queue.submit(tiny(60))
    wait(lambda: queue.store.find(quiet.id).status == "finished")
    run = queue.submit(tiny(60))
    wait(lambda: queue.store.find(run.id).status == "running" and len(curve(run.folder)) > 20)
    lost = queue.store.find(run.id).node
    small_cluster.kill(lost)
    small_cluster.add()
    statuses = set()
    wait(lambda: statuses.add(queue.store.find(run.id).status) or "finished" in statuses)
    assert "interrupted" not in statuses
    ended = queue.store.find(run.id)
    assert ended.node != lost
    kinds = [event["event"] for event in queue.executor.events(run.id)[0]]
    assert "resume" in kinds
    assert curve(run.folder) == curve(quiet.folder)
    assert ended.test_loss == queue.store.find(quiet.id).test_loss
    others = weights(quiet.folder)
    assert all(tensor.equal(others[name]) for name, tensor in weights(run.folder).items())


def test_a_run_that_no_node_can_give_a_gpu_is_refused_in_one_sentence(queue):
    run = queue.submit(tiny(device="cuda"))
    assert queue.store.find(run.id).reason.key == "ray_no_gpu"


def test_a_run_that_waits_for_its_node_can_be_cancelled(queue):
    first, second = begun(queue, threads=2), begun(queue, threads=2)  # both nodes are full
    queue.limits, before = replace(queue.limits, concurrent=3), queue.limits
    third = queue.submit(tiny(threads=2))
    queue.send(third.id, {"do": "cancel"})
    wait(lambda: not queue.executor.status(third.id), 20)
    assert queue.store.find(third.id).status == "cancelled"
    queue.limits = before
    for run in (first, second):
        queue.delete(run.id)


def test_a_node_that_does_not_see_the_folder_holds_no_queue(tmp_path):
    from cnnviz.runs.cluster.folder_mark import make_mark
    from cnnviz.runs.cluster.queue_actor import QueueActor

    mark = make_mark(tmp_path)
    assert make_mark(tmp_path) == mark
    with pytest.raises(UserError) as error:
        QueueActor(str(tmp_path / "elsewhere"), mark, False, {}, 0.0)
    assert error.value.key == "ray_folder"


def test_a_run_whose_node_does_not_see_the_folder_is_carried_there_and_back(queue, small_cluster):
    quiet = queue.submit(tiny(60))
    queue.executor._look = False
    run = queue.submit(tiny(60))
    wait(lambda: queue.store.find(run.id).status == "running" and len(curve(run.folder)) > 20)
    lost = queue.store.find(run.id).node
    small_cluster.kill(lost)
    small_cluster.add()
    statuses = set()
    wait(lambda: statuses.add(queue.store.find(run.id).status) or "finished" in statuses)
    wait(lambda: queue.store.find(quiet.id).status == "finished")
    assert "interrupted" not in statuses
    assert queue.store.find(run.id).node != lost
    assert curve(run.folder) == curve(quiet.folder)
    others = weights(quiet.folder)
    assert all(tensor.equal(others[name]) for name, tensor in weights(run.folder).items())
    told = begun(queue)
    queue.send(told.id, {"do": "cancel"})
    wait(lambda: queue.store.find(told.id).status == "cancelled")
    wait(lambda: not queue.executor.status(told.id))
    assert queue.store.find(told.id).step == len(curve(told.folder))
    queue.executor._look = True
