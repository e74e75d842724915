"""The loop of one run: it trains, writes the run's folder and obeys commands."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs import folder as names
from cnnviz.runs.atomic_files import replace_json, replace_text
from cnnviz.runs.checkpoint import NAME, SavedSteps, read_checkpoint, write_checkpoint
from cnnviz.runs.commands import MEANWHILE, Command, CommandQueue
from cnnviz.runs.environment import ENVIRONMENT, environment
from cnnviz.runs.event_log import Event, EventWriter
from cnnviz.runs.events import detail_event, report_event
from cnnviz.runs.folder import read_folder, write_state
from cnnviz.runs.limits import LIMITS, Limits
from cnnviz.runs.recorded_step import write_step
from cnnviz.runs.run_plan import RunPlan
from cnnviz.train.report import EndReport, EpochReport, StepReport
from cnnviz.train.training import Training

SAVE_EVERY = 1.0
"""Seconds between two checkpoints, unless saving takes more than a twentieth of the time."""
SAVE_SHARE = 20
RECORDED = 20_000
"""Steps of which each is a line in the metrics; of the next ones every second is, then every fourth, …"""


class RunLoop:
    """A training with its folder, from `Training` at rest to a status.

    `tell` hears every event; the folder's lock must be held.
    """

    def __init__(
        self,
        folder: Path,
        plan: RunPlan,
        training: Training,
        controls: CommandQueue,
        limits: Limits,
        tell: Callable[[Event], None],
        node: str = "",
    ) -> None:
        self._folder, self._plan, self._training, self._node = folder, plan, training, node
        self._controls, self._limits, self._tell = controls, limits, tell
        self._resting = False
        self._yields = False
        self._until: tuple[str, int] | None = None
        self._status = ""
        self._reason: UserError | None = None
        self._end: EndReport | None = None
        self._album = SavedSteps(folder, limits.history_megabytes)
        self._metrics = EventWriter(folder / names.METRICS)
        self._details = EventWriter(folder / names.DETAILS)
        self._looks_left = limits.history_megabytes * 1_000_000 - (folder / names.DETAILS).stat().st_size
        self._record_left = limits.history_megabytes * 1_000_000 - (folder / names.METRICS).stat().st_size
        self._saved_at, self._save_cost = 0.0, 0.0
        self._worked = read_folder(folder).seconds
        self._since = time.monotonic()

    def work(self) -> tuple[str, UserError | None]:
        """Train until it has finished, is told to stop, fails, or was paused for too long.

        Raises:
            UserError: `run_damaged` or `run_disk`.
        """
        try:
            self._begin()
            while not self._status:
                patience = 0 if self._yields else self._limits.pause_seconds
                command = self._controls.take(patience if self._resting else 0)
                if command is not None:
                    self._obey(command)
                elif self._resting:
                    self._status = "paused"
                else:
                    self._stretch()
            self._finish()
        finally:
            self._metrics.close()
            self._details.close()
        return self._status, self._reason

    def _begin(self) -> None:
        training = self._training
        snapshot = read_checkpoint(self._folder / NAME)
        if snapshot is not None:
            training.restore(snapshot)
        began = (self._folder / names.METRICS).stat().st_size > 0
        with contextlib.closing(training.run()) as reports:
            first = next(reports)
        if began:
            self._mark("resume")
        self._write(report_event(first))
        self._album.back_to(training.progress.step)
        self._keep()
        replace_json(self._folder / ENVIRONMENT, environment(training.machine))
        self._write_command()
        self._saved_at = time.monotonic()
        self._say("running", threads=training.machine.threads, node=self._node)

    def _stretch(self) -> None:
        """Train until the goal, a command that ends it, or the end."""
        training, unit, target = self._training, *(self._until or ("", 0))
        if unit and target <= getattr(training.progress, unit):
            self._rest()
            return
        goal = {f"{unit}s": target - getattr(training.progress, unit)} if unit else {}
        with contextlib.closing(training.run(**goal, detailed=unit == "step")) as reports:
            for report in reports:
                if isinstance(report, EndReport):
                    if report.status != "cancelled":  # else a command waits
                        self._status, self._reason, self._end = report.status, report.reason, report
                    return
                if isinstance(report, StepReport | EpochReport):
                    if isinstance(report, EpochReport) or is_recorded(report.step):
                        self._write(report_event(report))
                    self._write_details(detail_event(report))
                    if isinstance(report, StepReport) and report.detail and report.detail.recorded:
                        write_step(self._folder, report.step, report.learning_rate, report.detail.recorded)
                    # on an accelerator minibatches run ahead of their reports
                    if report.step == training.progress.step and self._between_steps():
                        return
        self._rest()

    def _between_steps(self) -> bool:
        """Obey commands and save between two minibatches; return True where the stretch must end."""
        self._keep()
        if time.monotonic() - self._saved_at >= max(SAVE_EVERY, SAVE_SHARE * self._save_cost):
            self._save()
            self._say("running")
        if self._seconds() > self._limits.seconds:
            self._status = "cancelled"
            self._reason = UserError("run_seconds", seconds=self._limits.seconds)
            return True
        if self._record_left < 0:
            self._status = "cancelled"
            variable = LIMITS["history_megabytes"].variable
            self._reason = UserError("run_record", megabytes=self._limits.history_megabytes, variable=variable)
            return True
        command = self._controls.take()
        if command is not None:
            self._obey(command)
            return bool(self._status) or command["do"] not in MEANWHILE
        return False

    def _obey(self, command: Command) -> None:
        training = self._training
        match command["do"]:
            case "pause":
                self._rest()
            case "resume":
                self._go(None)
            case "step" | "epoch" as unit:
                self._go((unit, 1 + self._target(unit)))
            case "until":
                self._go((command["unit"], command["value"]))
            case "cancel":
                self._status = "cancelled"
            case "yield" | "stay" as do:
                self._yields = do == "yield"
            case "leave":
                self._status = "paused" if self._resting else "interrupted"
            case "learning_rate":
                training.set_learning_rate(command["value"])
                self._write(
                    {"event": "learning_rate", "step": training.progress.step, "learning_rate": command["value"]}
                )
                self._write_command()
                self._save()
            case "rewind":
                training.rewind()
                self._worked, self._since = 0.0, time.monotonic()
                self._mark("rewind")
                self._album.back_to(0)
                self._write_command()
                self._rest()

    def _target(self, unit: str) -> int:
        """Return the step that the last command of this kind leads to, so that two of them lead twice as far."""
        here: int = getattr(self._training.progress, unit)
        return max(here, self._until[1]) if self._until and self._until[0] == unit else here

    def _go(self, until: tuple[str, int] | None) -> None:
        self._until = until
        if self._resting:
            self._resting, self._since = False, time.monotonic()
        self._say("running")

    def _rest(self) -> None:
        self._until = None
        if not self._resting:
            self._worked, self._resting = self._seconds(), True
        self._save()
        self._say("paused")

    def _seconds(self) -> float:
        return self._worked + (0.0 if self._resting else time.monotonic() - self._since)

    def _finish(self) -> None:
        progress = self._training.progress
        if self._status != "failed":  # a training that failed keeps its last good state
            self._save()
        end = self._end or EndReport(
            "cancelled",
            progress.step,
            progress.test_loss,
            progress.test_accuracy,
            progress.total.speed,
            progress.total.seconds,
        )
        self._write(report_event(end) | {"status": self._status})
        self._metrics.sync()
        self._say(self._status, self._reason)

    def _mark(self, event: str) -> None:
        """Tell in the metrics that what lies beyond this place no longer holds."""
        progress = self._training.progress
        changes = self._training.repeat.learning_rate_changes
        line = {
            "event": event,
            "step": progress.step,
            "epoch": progress.epoch,
            "changes": [list(change) for change in changes],
        }
        self._write(line)
        self._details.write(line)

    def _write(self, event: Event) -> None:
        self._record_left -= self._metrics.write(event)
        self._tell(event)

    def _write_details(self, event: Event | None) -> None:
        if event is not None and self._looks_left > 0:
            self._looks_left -= self._details.write(event)

    def _write_command(self) -> None:
        replace_text(self._folder / "command.txt", self._plan.command(self._training.repeat) + "\n")

    def _keep(self) -> None:
        step = self._training.progress.step
        if self._album.is_due(step):
            self._album.keep(step, self._training.snapshot().weights())

    def _save(self) -> None:
        begin = time.monotonic()
        self._metrics.sync()
        self._details.sync()
        write_checkpoint(self._folder / NAME, self._training.snapshot())
        self._saved_at = time.monotonic()
        self._save_cost = self._saved_at - begin

    def _say(self, status: str, reason: UserError | None = None, **facts: Any) -> None:
        progress = self._training.progress
        write_state(
            self._folder,
            status,
            reason,
            step=progress.step,
            steps=self._training.steps,
            epoch=progress.epoch,
            test_loss=progress.test_loss,
            test_accuracy=progress.test_accuracy,
            images_per_second=progress.total.speed,
            seconds=self._seconds(),
            until=self._until,
            **facts,
        )


def is_recorded(step: int) -> bool:
    """Return whether the metrics hold a line for a step: the same ones however often the run was interrupted."""
    stride = 1 << (-(-max(1, step) // RECORDED)).bit_length() - 1
    return step % stride == 0
