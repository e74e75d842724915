import errno
import os
import time
from pathlib import Path

import pytest

from cnnviz.errors import UserError
from cnnviz.runs.disk_usage import expected_bytes, folder_bytes
from cnnviz.runs.fair_queue import QueuedRun, fair_order, public_network
from cnnviz.runs.folder import write_state
from cnnviz.runs.queue import RunQueue
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.store import UNDO_SECONDS
from tests.runs.tiny import tiny

ANNE, BERT = "anne's key 0123456789", "bert's key 0123456789"


class Elsewhere:
    """An executor that has the runs and does nothing to them until it is told."""

    def __init__(self):
        self.runs, self.sent = {}, []

    def submit(self, record, commands):
        self.runs[record.id] = record, tuple(commands)

    def status(self, run_id):
        return run_id in self.runs

    def send(self, run_id, command):
        self.sent.append((run_id, command))

    def cancel(self, run_id):
        self.end(run_id, "cancelled")

    def capacity(self):
        return 3

    def listen(self, on_end):
        self.on_end = on_end

    def close(self):
        pass

    def end(self, run_id, status="finished"):
        write_state(self.runs.pop(run_id)[0].folder, status)
        self.on_end(run_id)


def limited(allowed, **changes):
    return type(allowed)(**{name: getattr(allowed, name) for name in allowed.__slots__} | changes)


@pytest.fixture
def queue(store, allowed):
    made = RunQueue(store, Elsewhere(), limited(allowed, concurrent=1, waiting=2))
    yield made
    made.close()


@pytest.fixture
def shared(hosted, allowed):
    made = RunQueue(hosted, Elsewhere(), limited(allowed, concurrent=1, waiting=2))
    yield made
    made.close()


def refused(key, call, *words, **named):
    with pytest.raises(UserError) as error:
        call(*words, **named)
    assert error.value.key == key


def test_runs_wait_for_their_place_and_start_in_order(queue):
    first, second, third = (queue.submit(tiny()) for _ in range(3))
    assert [queue.place(run.id) for run in (first, second, third)] == [None, 1, 2]
    assert [run.status for run in (first, second, third)] == ["starting", "waiting", "waiting"]
    refused("run_waiting", queue.submit, tiny())
    queue.executor.end(first.id)
    assert [queue.place(run.id) for run in (second, third)] == [None, 1]
    assert list(queue.executor.runs) == [second.id]


def test_the_first_run_of_one_visitor_comes_before_the_second_of_another(shared):
    running, again, other = (shared.submit(tiny(), visitor) for visitor in (ANNE, ANNE, BERT))
    assert (shared.place(again.id), shared.place(other.id)) == (2, 1)
    shared.executor.end(running.id)
    assert list(shared.executor.runs) == [other.id]


def test_a_fair_order_takes_turns():
    waiting = [QueuedRun(name, name[0]) for name in ("a1", "a2", "a3", "b1", "b2", "c1")]
    assert [one.run_id for one in fair_order(waiting, ["a"])] == ["b1", "c1", "a1", "b2", "a2", "a3"]


def test_a_run_gets_threads_for_life(queue):
    given = tiny()
    del given["settings"]["threads"]
    run = queue.submit(given)
    assert queue.executor.runs[run.id][0].plan.config.threads == 3
    assert queue.store.find(run.id).plan.config.threads == 3
    queue.executor.end(run.id, "paused")
    queue.executor.capacity = lambda: 1
    queue.send(run.id, {"do": "resume"})
    assert queue.executor.runs[run.id][0].plan.config.threads == 3


@pytest.mark.parametrize(("asked", "given"), [(64, 3), (2, 3), (1, 1)])
def test_a_hosted_visitor_may_ask_for_one_thread_and_not_for_several(shared, asked, given):
    run = shared.submit(tiny(threads=asked), ANNE)
    assert shared.executor.runs[run.id][0].plan.config.threads == given


def test_commands_go_to_the_run_or_wait_with_it(queue):
    running, waiting = queue.submit(tiny()), queue.submit(tiny(), commands=[{"do": "step"}])
    queue.send(running.id, {"do": "learning_rate", "value": "0.5"})
    assert queue.executor.sent[-1] == (running.id, {"do": "learning_rate", "value": 0.5})
    queue.send(waiting.id, {"do": "learning_rate", "value": 0.25})
    queue.executor.end(running.id)
    assert queue.executor.runs[waiting.id][1] == ({"do": "step"}, {"do": "learning_rate", "value": 0.25})


def test_a_waiting_run_that_is_stopped_leaves_the_line(queue):
    queue.submit(tiny())
    waiting = queue.submit(tiny())
    queue.send(waiting.id, {"do": "cancel"})
    assert (queue.place(waiting.id), queue.store.find(waiting.id).status) == (None, "cancelled")


def test_a_run_that_rests_goes_back_into_the_line(queue):
    run = queue.submit(tiny())
    queue.executor.end(run.id, "interrupted")
    queue.send(run.id, {"do": "step"})
    assert queue.executor.runs[run.id][1] == ({"do": "step"},)
    queue.executor.end(run.id, "finished")
    refused("run_finished", queue.send, run.id, {"do": "resume"})
    queue.send(run.id, {"do": "rewind"})
    assert queue.executor.runs[run.id][1] == ({"do": "rewind"},)


@pytest.mark.parametrize("command", [None, {}, {"do": "leave"}, {"do": "__init__"}, {"do": ["pause"]}, "pause"])
def test_a_forged_command_is_refused(queue, command):
    run = queue.submit(tiny())
    refused("run_command", queue.send, run.id, command)
    refused("run_command", queue.submit, tiny(), commands=[command])


@pytest.mark.parametrize("rate", [0, -1, 1e9, "nan", None])
def test_a_forged_learning_rate_is_refused(queue, rate):
    run = queue.submit(tiny())
    refused("option_number", queue.send, run.id, {"do": "learning_rate", "value": rate})


def test_only_its_owner_moves_a_run(shared):
    run = shared.submit(tiny(), ANNE)
    for call in (
        lambda: shared.send(run.id, {"do": "cancel"}, BERT),
        lambda: shared.delete(run.id, BERT),
        lambda: shared.send(run.id, {"do": "pause"}),
    ):
        refused("run_not_yours", call)
    refused("run_no_visitor", shared.submit, tiny())
    shared.delete(run.id, ANNE)
    assert shared.store.runs(ANNE) == ()
    assert shared.executor.runs == {}


def test_a_deleted_run_comes_back_where_its_owner_undoes_that(shared):
    run = shared.submit(tiny(), ANNE)
    shared.delete(run.id, ANNE)
    refused("run_not_yours", shared.bring_back, run.id, BERT)
    assert shared.bring_back(run.id, ANNE).id == run.id
    assert [record.id for record in shared.store.runs(ANNE)] == [run.id]


def test_a_deleted_run_counts_on_the_disk_until_it_is_gone_for_good(shared):
    run = shared.submit(tiny(), ANNE)
    shared.send(run.id, {"do": "cancel"}, ANNE)
    shared.delete(run.id, ANNE)
    binned = shared.store.binned()[0].folder
    (binned / "large").write_bytes(bytes(3_000_000))
    os.utime(binned)
    enough = expected_bytes(RunPlan.parse(tiny()), shared.limits) // 1_000_000 + 2
    shared.limits = limited(shared.limits, visitor_megabytes=enough)
    refused("run_visitor_room", shared.submit, tiny(), ANNE)
    shared.store.empty_bin(time.time() + UNDO_SECONDS + 1)
    assert shared.submit(tiny(), ANNE)


def test_the_next_server_empties_the_bin(shared):
    run = shared.submit(tiny(), ANNE)
    shared.delete(run.id, ANNE)
    folder = shared.store.binned()[0].folder
    os.utime(folder, (0, 0))
    shared.close()
    RunQueue(shared.store, Elsewhere(), shared.limits).close()
    assert not folder.exists()


def test_what_is_beyond_the_limits_leaves_nothing_behind(shared):
    refused("run_limit", shared.submit, tiny(epochs=21), ANNE)
    assert shared.store.runs(ANNE) == ()


def test_a_full_disk_refuses_a_run_in_one_sentence_and_leaves_nothing_behind(queue, monkeypatch):
    kept = queue.submit(tiny())

    def full(*words, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", full)
        refused("run_disk", queue.submit, tiny())
    assert [run.id for run in queue.store.runs()] == [kept.id]
    assert queue.store.damaged() == ()
    queue.submit(tiny())


def test_a_visitor_keeps_a_number_of_runs(hosted, allowed):
    queue = RunQueue(hosted, Elsewhere(), limited(allowed, kept=1))
    queue.submit(tiny(), ANNE)
    refused("run_kept", queue.submit, tiny(), ANNE)
    queue.submit(tiny(), BERT)
    queue.close()


def test_forgotten_runs_are_swept_also_while_they_train(shared):
    run, kept = shared.submit(tiny(), ANNE), shared.submit(tiny(), BERT)
    assert shared.sweep() == 0
    assert shared.sweep(time.time() + 90_000) == 2
    assert shared.store.runs(ANNE) == shared.store.runs(BERT) == ()
    assert {run.id, kept.id}.isdisjoint(shared.executor.runs)


def test_what_waits_when_the_server_closes_shows_as_interrupted(queue):
    queue.submit(tiny())
    waiting = queue.submit(tiny())
    queue.close()
    assert queue.store.find(waiting.id).status == "interrupted"


def test_a_run_that_rests_leaves_its_place_to_others_and_comes_back_when_it_is_resumed(shared):
    resting, other = shared.submit(tiny(), ANNE), shared.submit(tiny(), BERT)
    assert shared.executor.sent == [(resting.id, {"do": "yield"})]
    write_state(resting.folder, "paused")
    (resting.folder / "lock").touch()
    shared.send(resting.id, {"do": "resume"}, ANNE)  # while it is on its way out
    assert len(shared.executor.sent) == 1
    shared.executor.end(resting.id, "paused")
    assert list(shared.executor.runs) == [other.id]
    assert shared.place(resting.id) == 1
    assert shared.executor.sent[-1] == (other.id, {"do": "yield"})
    shared.executor.end(other.id)
    assert shared.executor.runs[resting.id][1] == ({"do": "resume"},)
    shared.executor.end(resting.id)


def test_a_place_is_asked_for_only_while_somebody_waits(queue):
    running, waiting = queue.submit(tiny()), queue.submit(tiny())
    queue.send(waiting.id, {"do": "cancel"})
    assert queue.executor.sent == [(running.id, {"do": "yield"}), (running.id, {"do": "stay"})]


def test_the_line_of_all_visitors_is_as_long_as_it_may_be(hosted, allowed):
    queue = RunQueue(hosted, Elsewhere(), limited(allowed, concurrent=1, line=3))
    for visitor in range(4):
        queue.submit(tiny(), f"made-up key number {visitor}")
    refused("run_line", queue.submit, tiny(), ANNE)
    assert hosted.runs(ANNE) == ()
    queue.close()


def test_one_address_does_not_fill_the_line_where_it_is_known(hosted, allowed):
    queue = RunQueue(hosted, Elsewhere(), limited(allowed, concurrent=1, address_waiting=2))
    for visitor in range(3):
        queue.submit(tiny(), f"made-up key number {visitor}", address=f"2001:4860:4860::{visitor}")
    refused("run_line", queue.submit, tiny(), ANNE, address="2001:4860:4860::8888")
    queue.submit(tiny(), ANNE, address="2001:4860:4861::1")
    for visitor in range(3, 6):  # behind a proxy
        queue.submit(tiny(), f"made-up key number {visitor}", address="10.0.0.1")
    queue.close()


@pytest.mark.parametrize("address", [None, "", "127.0.0.1", "::1", "10.1.2.3", "172.17.0.1", "fe80::1", "nonsense"])
def test_an_address_that_tells_nobody_apart_counts_for_nothing(address):
    assert public_network(address) == ""


def test_made_up_visitors_do_not_fill_the_disk(hosted, allowed):
    expected = expected_bytes(RunPlan.parse(tiny()), allowed)
    queue = RunQueue(hosted, Elsewhere(), limited(allowed, concurrent=9, all_megabytes=1 + 3 * expected // 1_000_000))
    old, large, present = (queue.submit(tiny(), f"made-up key number {number}") for number in range(3))
    for run, size in ((old, 0), (large, expected), (present, 2 * expected)):
        queue.executor.end(run.id)
        (run.folder / "saved.bin").write_bytes(bytes(size))
    for run, hours in ((old, 1.0), (large, 0.9)):
        os.utime(run.folder / "visit", (time.time() - 3600 * hours,) * 2)
    queue.submit(tiny(), ANNE)
    assert not large.folder.exists()  # the most bytes for the longest absence
    assert old.folder.exists()
    refused("run_no_room", queue.submit, tiny(), BERT)
    assert not old.folder.exists()
    assert folder_bytes(present.folder) >= 2 * expected
    queue.close()


def test_a_visitor_keeps_as_much_as_is_allowed(hosted, allowed):
    expected = expected_bytes(RunPlan.parse(tiny()), allowed)
    queue = RunQueue(hosted, Elsewhere(), limited(allowed, visitor_megabytes=expected // 1_000_000 + 1))
    queue.submit(tiny(), ANNE)
    refused("run_visitor_room", queue.submit, tiny(), ANNE)
    queue.submit(tiny(), BERT)
    queue.close()


@pytest.mark.parametrize("places", ["store", "hosted"])
def test_some_of_the_disk_stays_free(request, allowed, places, monkeypatch):
    queue = RunQueue(request.getfixturevalue(places), Elsewhere(), allowed)
    monkeypatch.setattr("cnnviz.runs.make_room.free_bytes", lambda folder: allowed.free_megabytes * 1_000_000)
    refused("run_no_room", queue.submit, tiny(), ANNE)
    queue.close()
