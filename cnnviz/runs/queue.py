"""The queue: it checks what is asked for, keeps order and limits, and leaves to its executor where a run is trained."""

import contextlib
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from threading import RLock, Timer
from typing import TYPE_CHECKING, Any

from cnnviz.errors import UserError
from cnnviz.runs.cluster.cluster_settings import executor_name
from cnnviz.runs.commands import STAY, YIELD, commands_after_loss, parse_command
from cnnviz.runs.disk_usage import expected_bytes
from cnnviz.runs.executor import Executor
from cnnviz.runs.fair_queue import QueuedRun, fair_order, public_network
from cnnviz.runs.file_lock import is_locked, lock_file
from cnnviz.runs.folder import change_config, read_state, write_state
from cnnviz.runs.limits import Limits, limits
from cnnviz.runs.local import LocalExecutor
from cnnviz.runs.make_room import make_room
from cnnviz.runs.run_plan import RunPlan
from cnnviz.runs.run_record import ALIVE, RunRecord
from cnnviz.runs.store import UNDO_SECONDS, RunStore

if TYPE_CHECKING:
    from cnnviz.runs.cluster.cluster_queue import ClusterQueue

KEEPERS = ".keepers"
PATIENCE = 20.0
"""Seconds that a deletion waits for a run to end."""
KEEPER_PATIENCE = 60.0
"""Seconds that a queue waits for the end of the one before it with the same name."""


class RunQueue:
    """The queue as pages use it, from any thread; everything that a client sends is checked here again."""

    def __init__(self, store: RunStore, executor: Executor, limits: Limits, keeper: str = "") -> None:
        """`keeper` names a queue that may come back after its end, and `recover` then what it kept."""
        self.store, self.executor, self.limits = store, executor, limits
        self._lock = RLock()
        self._waiting: list[QueuedRun] = []
        self._running: dict[str, str] = {}
        self._yielding: set[str] = set()
        self._afterwards: dict[str, list[Mapping[str, Any]]] = {}
        """Commands for runs that rest and are leaving because others wait."""
        self._expected: dict[str, int] = {}
        """The bytes that a run which waits or trains may come to take."""
        self._open = contextlib.ExitStack()
        self._keeper = self._keep(keeper)
        self._empty_bin()
        executor.listen(self._ended)

    def submit(
        self,
        given: Mapping[str, Any],
        user: str = "",
        name: str = "",
        commands: Iterable[Mapping[str, Any]] = (),
        address: str | None = None,
    ) -> RunRecord:
        """Take in a new run (`given` as in `RunPlan.parse`); it starts as soon as there is a place.

        `commands` are obeyed first: `[{"do": "step"}]` makes one minibatch and rests. `address` is where the user's
        connection comes from, as far as that is known.

        Raises:
            UserError: anything that cannot be trained, is beyond the limits, or no place in the queue.
        """
        owner = self.store.owner(user)
        first = tuple(parse_command(command) for command in commands)
        plan = RunPlan.parse(given)
        if self.store.hosted and plan.config.threads != 1:  # the machine is shared: more than one core is handed out
            plan = replace(plan, config=replace(plan.config, threads=0))
        self.limits.check(plan)
        network, expected = public_network(address), expected_bytes(plan, self.limits)
        with self._lock:
            self._check_line(owner, network)
            kept = len(self.store.runs(user))
            if kept >= self.limits.kept:
                raise UserError("run_kept", most=self.limits.kept)
            make_room(self.store, self.limits, self._expected, owner, expected)
            record = self.store.create(plan, user, name, self._keeper)
            self._expected[record.id] = expected
            self._wait(QueuedRun(record.id, owner, first, network))
            self._advance()
        return self.store.find(record.id)

    def send(self, run_id: str, command: Mapping[str, Any], user: str = "", address: str | None = None) -> None:
        """Pass a command to a run of the user; one that rests is queued again for it.

        `{"do": "pause" | "resume" | "step" | "epoch" | "cancel" | "rewind"}` or
        `{"do": "learning_rate", "value": rate}`.

        Raises:
            UserError: `run_not_yours`, `run_unknown`, `run_command`, or no place in the queue.
        """
        checked = parse_command(command)
        record = self.store.own(run_id, user)
        with self._lock:
            if run_id in self._yielding and (record.status == "paused" or run_id in self._afterwards):
                self._afterwards.setdefault(run_id, []).append(checked)
            elif run_id in self._running:
                if checked["do"] == "cancel":
                    self.executor.cancel(run_id)
                else:
                    self.executor.send(run_id, checked)
            elif self.place(run_id) is not None:
                self._send_waiting(record, checked)
            elif record.status in ALIVE:
                raise UserError("run_busy", path=record.folder)
            elif checked["do"] in ("pause", "cancel"):
                if record.status != "finished":
                    write_state(record.folder, "paused" if checked["do"] == "pause" else "cancelled")
            else:
                self._again(record, checked, public_network(address))

    def recover(self) -> None:
        """Take in again what a queue of the same name kept: the runs that waited, and those under way."""
        with self._lock:
            kept = [(one, read_state(one.folder)) for one in self.store.everyones()]
            for record, facts in sorted(kept, key=lambda one: one[0].changed):
                status = facts.get("status")
                if facts.get("keeper") != str(self._keeper):
                    continue
                if status != "waiting" and self.executor.adopt(record):
                    self._running[record.id] = record.owner
                elif status in ALIVE:
                    self._wait(
                        QueuedRun(record.id, record.owner, commands_after_loss(facts, facts.get("commands") or ()))
                    )
            self._advance()

    def place(self, run_id: str) -> int | None:
        """Return the run's place in the queue: 1 is next; None where it does not wait."""
        with self._lock:
            order = fair_order(self._waiting, self._running.values())
        return next((place for place, one in enumerate(order, 1) if one.run_id == run_id), None)

    @property
    def num_running(self) -> int:
        """The number of runs that train."""
        return len(self._running)

    @property
    def num_waiting(self) -> int:
        """The number of runs that wait."""
        return len(self._waiting)

    def delete(self, run_id: str, user: str = "") -> None:
        """End a run of the user and take it out of the list; `bring_back` undoes that for `UNDO_SECONDS`.

        Raises:
            UserError: `run_not_yours`, `run_unknown`, or `run_busy` where another process trains it.
        """
        self._stop(self.store.own(run_id, user))
        self.store.put_into_bin(run_id, user)
        timer = Timer(UNDO_SECONDS + 1, self._empty_bin)
        timer.daemon = True  # what a server leaves in the bin, the next one removes
        timer.start()

    def bring_back(self, run_id: str, user: str = "") -> RunRecord:
        """Undo the deletion of a run of the user.

        Raises:
            UserError: `run_not_yours`, `run_kept`, or `run_undo_over` where its time is over.
        """
        with self._lock:
            if len(self.store.runs(user)) >= self.limits.kept:
                raise UserError("run_kept", most=self.limits.kept)
            return self.store.take_out_of_bin(run_id, user)

    def _empty_bin(self) -> None:
        with contextlib.suppress(UserError):
            self.store.empty_bin()

    def sweep(self, now: float | None = None) -> int:
        """Remove hosted runs without a visit for a day and unreadable folders; return the number of runs removed.

        A server calls it now and then.
        """
        forgotten = self.store.forgotten(now)
        for record in forgotten:
            self._stop(record)
            with contextlib.suppress(UserError):
                self.store.forget(record)
        self.store.clear_damaged(now)
        return len(forgotten)

    def warm(self) -> None:
        """Get ready, so that the next run starts at once.

        Raises:
            UserError: the executor cannot be reached.
        """
        self.executor.warm()

    def close(self) -> None:
        """Let training runs save and leave; runs that wait become interrupted."""
        with self._lock:
            self._waiting.clear()
        self.executor.close()
        self._open.close()

    def _check_line(self, owner: str, network: str = "") -> None:
        if len(self._running) < self.limits.concurrent:
            return
        if sum(one.owner == owner for one in self._waiting) >= self.limits.waiting:
            raise UserError("run_waiting", most=self.limits.waiting)
        near = sum(one.network == network for one in self._waiting) if network else 0
        if len(self._waiting) >= self.limits.line or near >= self.limits.address_waiting:
            raise UserError("run_line", waiting=len(self._waiting))

    def _send_waiting(self, record: RunRecord, command: Mapping[str, Any]) -> None:
        index = next(index for index, one in enumerate(self._waiting) if one.run_id == record.id)
        if command["do"] in ("pause", "cancel"):
            del self._waiting[index]
            self._expected.pop(record.id, None)
            self._ask_for_places()
            write_state(record.folder, "paused" if command["do"] == "pause" else "cancelled")
            return
        one = self._waiting[index]
        self._waiting[index] = replace(one, commands=(*one.commands, command))
        write_state(record.folder, "waiting", commands=[*self._waiting[index].commands])

    def _again(self, record: RunRecord, command: Mapping[str, Any], network: str) -> None:
        if record.status == "finished" and command["do"] != "rewind":
            raise UserError("run_finished")
        self.limits.check(record.plan)
        if record.seconds > self.limits.seconds and command["do"] != "rewind":
            raise UserError("run_seconds", seconds=self.limits.seconds)
        self._check_line(record.owner, network)
        # a run that rests goes on resting after a change
        rest = ({"do": "pause"},) if command["do"] == "learning_rate" else ()
        self._wait(QueuedRun(record.id, record.owner, (*rest, command), network))
        self._advance()

    def _wait(self, one: QueuedRun) -> None:
        folder, commands = self.store.find(one.run_id).folder, [*one.commands]
        write_state(folder, "waiting", keeper=str(self._keeper), commands=commands)
        self._waiting.append(one)

    def _advance(self, served: Iterable[str] = ()) -> None:
        while self._waiting and len(self._running) < self.limits.concurrent:
            one = fair_order(self._waiting, [*self._running.values(), *served])[0]
            self._waiting.remove(one)
            try:
                self._begin(one)
            except UserError as error:
                self._running.pop(one.run_id, None)
                self._expected.pop(one.run_id, None)
                with contextlib.suppress(UserError):
                    write_state(self.store.find(one.run_id).folder, "failed", error)
        self._ask_for_places()

    def _ask_for_places(self) -> None:
        """Tell the runs under way whether others wait: one that rests then leaves, and comes back through the queue."""
        wanted = set(self._running) if self._waiting else set()
        for run_id in wanted - self._yielding:
            self.executor.send(run_id, YIELD)
        for run_id in (self._yielding & set(self._running)) - wanted - set(self._afterwards):
            self.executor.send(run_id, STAY)
        self._yielding = wanted | (self._yielding & set(self._afterwards))

    def _begin(self, one: QueuedRun) -> None:
        record = self.store.find(one.run_id)
        if not record.plan.config.threads:
            facts = record.plan.as_json()
            facts["settings"]["threads"] = self.executor.capacity()  # for life
            change_config(record.folder, plan=facts)
            record = self.store.find(one.run_id)
        write_state(record.folder, "starting", keeper=str(self._keeper), actor=None)
        self._running[one.run_id] = one.owner
        self.executor.submit(record, one.commands)

    def _ended(self, run_id: str) -> None:
        with self._lock:
            owner = self._running.pop(run_id, None)
            self._yielding.discard(run_id)
            self._expected.pop(run_id, None)
            for command in self._afterwards.pop(run_id, ()):
                self._send_after_the_end(run_id, command)
            self._advance(() if owner is None else (owner,))

    def _send_after_the_end(self, run_id: str, command: Mapping[str, Any]) -> None:
        """Obey the commands that a run got while it left its place to others; its state names those that it cannot
        obey."""
        with contextlib.suppress(UserError):
            record = self.store.find(run_id)
            if self.place(run_id) is not None:
                self._send_waiting(record, command)
            elif command["do"] == "cancel":
                write_state(record.folder, "cancelled")
            elif command["do"] != "pause":
                self._again(record, command, "")

    def _stop(self, record: RunRecord) -> None:
        with self._lock:
            self._waiting = [one for one in self._waiting if one.run_id != record.id]
            if record.id not in self._running:
                if record.status in ("waiting", "starting"):
                    write_state(record.folder, "cancelled")
                return
            self.executor.cancel(record.id)
        until = time.monotonic() + PATIENCE
        while self.executor.status(record.id) and time.monotonic() < until:
            time.sleep(0.02)

    def _keep(self, name: str) -> Path:
        folder = self.store.root / KEEPERS
        folder.mkdir(exist_ok=True)
        for old in folder.iterdir():
            if not is_locked(old):
                old.unlink(missing_ok=True)
        path = folder / (name or secrets.token_hex(8))
        self._open.enter_context(lock_file(path, KEEPER_PATIENCE))
        return path


def open_queue() -> "RunQueue | ClusterQueue":
    """Return a queue with the store, the limits and the executor that the environment names; a server makes one.

    Raises:
        UserError: `option_choice`, `option_whole`, `run_disk`, or `ray_missing`.
    """
    store, allowed = RunStore(), limits()
    if executor_name() == "ray":
        from cnnviz.runs.cluster.cluster_queue import ClusterQueue

        return ClusterQueue(store, allowed)
    return RunQueue(store, LocalExecutor(store, allowed), allowed)
