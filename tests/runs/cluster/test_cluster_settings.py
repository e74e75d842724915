"""What the environment says of the cluster, and what is said where Ray is not there; needs no Ray."""

import pytest

from cnnviz.errors import UserError
from cnnviz.runs.cluster import cluster_settings
from cnnviz.runs.cluster.cluster_queue import ClusterQueue
from cnnviz.runs.commands import commands_after_loss
from cnnviz.runs.file_lock import lock_file
from cnnviz.runs.folder import write_state
from cnnviz.runs.queue import RunQueue, open_queue
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.store import RunStore
from tests.runs.tiny import tiny

ANNE, BERT = "anne's key 0123456789", "bert's key 0123456789"


@pytest.fixture(autouse=True)
def plain(monkeypatch, tmp_path):
    for name in ("CNNVIZ_EXECUTOR", "CNNVIZ_RUN_GPUS", "RAY_ADDRESS", "CNNVIZ_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))


def test_runs_are_this_machine_s_unless_the_environment_says_otherwise(monkeypatch):
    assert cluster_settings.executor_name() == "local"
    queue = open_queue()
    assert isinstance(queue, RunQueue)
    queue.close()
    monkeypatch.setenv("CNNVIZ_EXECUTOR", "spark")
    with pytest.raises(UserError) as error:
        open_queue()
    assert error.value.key == "option_choice"


@pytest.mark.parametrize(("said", "share"), [("", 0), ("0.25", 0.25), ("1", 1), ("1.5", 2)])
def test_a_share_of_a_gpu_is_one_that_ray_knows(monkeypatch, said, share):
    monkeypatch.setenv("CNNVIZ_RUN_GPUS", said)
    assert cluster_settings.run_gpus() == share


@pytest.mark.parametrize("said", ["-1", "half", "nan"])
def test_a_share_that_is_none_is_refused(monkeypatch, said):
    monkeypatch.setenv("CNNVIZ_RUN_GPUS", said)
    with pytest.raises(UserError) as error:
        cluster_settings.run_gpus()
    assert error.value.key == "option_number"


def test_a_missing_package_is_one_sentence_in_every_language(monkeypatch):
    monkeypatch.setenv("CNNVIZ_EXECUTOR", "ray")
    monkeypatch.setattr(cluster_settings.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError) as error:
        open_queue()
    assert error.value.key == "ray_missing"
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert "requirements-ray.txt" in error.value.describe(language)


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        ({"status": "waiting"}, ({"do": "step"},)),
        ({"status": "starting"}, ({"do": "step"},)),
        ({"status": "paused", "until": None}, ({"do": "pause"},)),
        ({"status": "running", "until": None}, ()),
        ({"status": "running", "until": ["epoch", 3]}, ({"do": "until", "unit": "epoch", "value": 3},)),
    ],
)
def test_a_run_goes_on_as_it_was_when_its_process_was_lost(facts, first):
    assert commands_after_loss(facts, [{"do": "step"}]) == first


def test_a_run_on_its_way_to_another_node_shows_as_starting_while_the_queue_lives(tmp_path):
    store = RunStore()
    run = store.create(RunPlan.parse(tiny()))
    write_state(run.folder, "running", actor="run-1", keeper=str(tmp_path / "keeper"), node="node-1")
    with lock_file(tmp_path / "keeper"):
        assert (store.find(run.id).status, store.find(run.id).node) == ("starting", "node-1")
    assert store.find(run.id).status == "interrupted"


class Restless:
    """An executor whose first run goes on beyond the process that began it."""

    def __init__(self, going_on=()):
        self.begun, self.going_on = [], set(going_on)

    def submit(self, record, commands):
        self.begun.append((record.id, tuple(commands)))

    def adopt(self, record):
        return record.id in self.going_on

    def status(self, run_id):
        return run_id in self.going_on

    def send(self, run_id, command):
        pass

    def capacity(self):
        return 1

    def listen(self, on_end):
        self.on_end = on_end

    def close(self):
        pass


def test_a_queue_that_comes_back_knows_its_runs_and_their_order(store, allowed):
    before = RunQueue(store, Restless(), allowed, "cluster")
    first, lost, second, third = (before.submit(tiny(), commands=[{"do": "epoch"}]) for _ in range(4))
    before.send(third.id, {"do": "learning_rate", "value": 0.5})
    for run in (first, lost):
        write_state(run.folder, "running", until=["epoch", 1])
    before._open.close()  # it dies
    after = RunQueue(store, Restless([first.id]), allowed, "cluster")
    after.recover()
    assert list(after._running) == [first.id, second.id]
    assert after.executor.begun == [(second.id, ({"do": "epoch"},))]
    assert [after.place(run.id) for run in (third, lost)] == [1, 2]
    after.executor.on_end(first.id)
    assert after.executor.begun[1] == (third.id, ({"do": "epoch"}, {"do": "learning_rate", "value": 0.5}))
    after.executor.on_end(second.id)
    assert after.executor.begun[2] == (lost.id, ({"do": "until", "unit": "epoch", "value": 1},))
    after.close()


def test_a_server_that_cannot_reach_the_cluster_still_shows_its_runs(monkeypatch):
    monkeypatch.setattr("cnnviz.runs.cluster.cluster_queue.check_package", lambda: None)
    store = RunStore()
    run = store.create(RunPlan.parse(tiny()))
    queue = ClusterQueue(store, None)
    monkeypatch.setattr(queue, "_start", lambda: (_ for _ in ()).throw(UserError("ray_unreachable", address="a")))
    assert queue.place(run.id) is None
    assert [one.id for one in queue.store.runs()] == [run.id]
    queue.close()
