"""The processes themselves: started, told, killed."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from safetensors.torch import load

from cnnviz.errors import UserError
from cnnviz.runs.limits import limits
from cnnviz.runs.local import LocalExecutor
from cnnviz.runs.queue import RunQueue
from cnnviz.runs.store import RunStore
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS
from tests.runs.tiny import curve, history, tiny

ROOT = Path(__file__).parents[2]
LONG = 1000
SERVER = """
import sys, time
from cnnviz.runs import open_queue
from tests.runs.tiny import tiny
queue = open_queue()
for _ in range(2):
    queue.submit(tiny(epochs=1000))
print("ready", flush=True)
time.sleep(600)
"""


def wait(true, seconds=120):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture(scope="module")
def queue(tmp_path_factory):
    store = RunStore(tmp_path_factory.mktemp("runs"))
    made = RunQueue(store, LocalExecutor(store, limits()), limits())
    made.executor.warm()
    yield made
    made.close()


def begun(queue, **given):
    run = queue.submit(tiny(LONG, **given))
    wait(lambda: queue.store.find(run.id).status == "running" and len(curve(run.folder)) > 3)
    return run


def worker_of(folder):
    """The process that holds the run's lock."""
    lock = str(folder / "lock")
    for process in psutil.Process().children(recursive=True):
        try:
            if any(file.path == lock for file in process.open_files()):
                return process
        except psutil.Error:
            continue
    raise AssertionError("no process holds the run")


def test_a_run_is_stopped_within_a_minibatch_and_goes_on_in_a_new_worker(queue):
    run = begun(queue)
    told, cursor = queue.executor.events(run.id)
    assert [event["event"] for event in told[:2]] == ["start", "step"]
    queue.send(run.id, {"do": "cancel"})
    wait(lambda: not queue.executor.status(run.id))
    record = queue.store.find(run.id)
    assert (record.status, record.step) == ("cancelled", len(curve(run.folder)))
    assert queue.executor.events(run.id, cursor)[0][-1]["event"] == "end"
    queue.send(run.id, {"do": "step"})
    wait(lambda: queue.store.find(run.id).status == "paused")
    assert len(curve(run.folder)) == record.step + 1
    queue.send(run.id, {"do": "learning_rate", "value": 0.001})
    wait(lambda: history(run.folder).changes == [(record.step + 1, 0.001)])
    queue.send(run.id, {"do": "rewind"})
    wait(lambda: curve(run.folder) == [])
    queue.delete(run.id)
    assert run.id not in [record.id for record in queue.store.runs()]


def test_a_killed_worker_is_one_sentence_and_the_supervisor_lives_on(queue):
    run = begun(queue)
    worker_of(run.folder).kill()
    wait(lambda: not queue.executor.status(run.id))
    record = queue.store.find(run.id)
    assert (record.status, record.reason.key) == ("interrupted", "run_killed")
    seen = curve(run.folder)
    queue.send(run.id, {"do": "resume"})
    wait(lambda: len(curve(run.folder)) > len(seen))
    assert curve(run.folder)[: len(seen)] == seen
    queue.delete(run.id)


def test_a_killed_supervisor_costs_no_step_and_is_replaced(queue):
    run = begun(queue)
    worker = worker_of(run.folder)
    queue.executor._supervisor.kill()
    wait(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    wait(lambda: not queue.executor.status(run.id))
    record = queue.store.find(run.id)
    seen = curve(run.folder)
    assert (record.status, record.step) == ("interrupted", len(seen))
    queue.send(run.id, {"do": "resume"})
    wait(lambda: len(curve(run.folder)) > len(seen))
    assert curve(run.folder)[: len(seen)] == seen
    queue.delete(run.id)


def test_a_run_that_cannot_begin_fails_in_one_sentence(queue):
    run = queue.submit(tiny(device="mps") if sys.platform != "darwin" else tiny(device="cuda"))
    wait(lambda: not queue.executor.status(run.id))
    assert queue.store.find(run.id).reason.key == "train_device"


def test_another_server_does_not_touch_a_run_that_trains_here(queue):
    run = begun(queue)
    other = RunQueue(queue.store, LocalExecutor(queue.store, queue.limits), queue.limits)
    for call in (lambda: other.send(run.id, {"do": "resume"}), lambda: other.delete(run.id)):
        with pytest.raises(UserError) as error:
            call()
        assert error.value.key == "run_busy"
    other.close()
    assert queue.store.find(run.id).status == "running"
    queue.delete(run.id)


def test_no_process_survives_a_killed_server_and_its_runs_show_as_interrupted(tmp_path):
    environment = os.environ | {"CNNVIZ_RUNS": str(tmp_path), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    assert server.stdout.readline() == b"ready\n"
    store = RunStore(tmp_path)
    wait(lambda: [record.status for record in store.runs()] == ["running"] * 2)
    family = psutil.Process(server.pid).children(recursive=True)
    assert len(family) >= 4  # the supervisor, the fork server, two workers
    server.send_signal(signal.SIGKILL)
    server.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    for record in store.runs():
        assert (record.status, record.step) == ("interrupted", len(curve(record.folder)))


def test_a_run_of_an_experiment_gives_the_same_numbers_beside_another_and_alone(queue):
    given = replace(EXPERIMENTS["pooling"]["max"], limit=96).plan(seed=1)
    given["settings"]["epochs"] = 2
    other = begun(queue)
    beside = queue.submit(given)
    wait(lambda: not queue.executor.status(beside.id))
    assert queue.store.find(other.id).status == "running"
    queue.delete(other.id)
    alone = queue.submit(given)
    wait(lambda: not queue.executor.status(alone.id))
    records = [queue.store.find(run.id) for run in (beside, alone)]
    assert [(record.status, record.plan.config.threads) for record in records] == [("finished", 1)] * 2
    assert curve(records[0].folder) == curve(records[1].folder)
    assert records[0].test_loss == records[1].test_loss
    weights, others = (load((record.folder / "checkpoint.safetensors").read_bytes()) for record in records)
    assert all(tensor.equal(others[name]) for name, tensor in weights.items())
    for run in (beside, alone):
        queue.delete(run.id)
