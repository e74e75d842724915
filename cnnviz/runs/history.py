"""The curves of a run out of its events: what a rewind took back, or a kill made it do again, is there once."""

import contextlib
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path

from cnnviz.runs.event_log import Event, iterate_events

STEP_COLUMNS = (
    "step",
    "epoch",
    "loss",
    "accuracy",
    "epoch_loss",
    "epoch_accuracy",
    "learning_rate",
    "images_per_second",
    "seconds_left",
)
EPOCH_COLUMNS = (
    "epoch",
    "step",
    "train_loss",
    "train_accuracy",
    "test_loss",
    "test_accuracy",
    "seconds",
    "test_seconds",
    "images_per_second",
    "seconds_left",
)
NOTHING = float("nan")


class Columns:
    """Rows of numbers kept by column: `columns["loss"]` is one number per row."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._columns = {name: array("d") for name in names}

    def __getitem__(self, name: str) -> Sequence[float]:
        return self._columns[name]

    def __len__(self) -> int:
        return len(next(iter(self._columns.values())))

    def append(self, row: Event) -> None:
        """Add a row; what it lacks is NaN."""
        for name, column in self._columns.items():
            value = row.get(name)
            column.append(float(value) if isinstance(value, int | float) else NOTHING)

    def drop_last(self) -> None:
        """Drop the last row."""
        for column in self._columns.values():
            del column[-1]

    def select(self, places: Sequence[int]) -> None:
        """Keep the rows at `places`, which ascend, and drop all others."""
        for name, column in self._columns.items():
            self._columns[name] = array("d", (column[place] for place in places))

    def keep(self, name: str, most: float) -> None:
        """Drop the rows at the end whose `name`, which ascends, is more than `most`."""
        end = bisect_right(self._columns[name], most)
        for column in self._columns.values():
            del column[end:]


class History:
    """The curves of a run, fed with events as they come; `follow` reads on in the run's folder.

    With `most`, of more steps than that every second one is held, then every fourth, …, and always the latest.
    """

    def __init__(self, most: int | None = None) -> None:
        self.cursor = 0
        self._most = most
        self._stride = 1
        self.start: Event | None = None
        self.end: Event | None = None
        self.steps = Columns(STEP_COLUMNS)
        self.epochs = Columns(EPOCH_COLUMNS)
        self.last_epoch: Event | None = None
        """The latest epoch that holds."""
        self.changes: list[tuple[int, float]] = []
        """Learning rates set by hand: (steps done, rate from then on)."""

    def follow(self, folder: Path) -> bool:
        """Take in what was written since the last time; return True where there was something."""
        began = self.cursor
        for events, cursor in iterate_events(folder / "metrics.jsonl", self.cursor):
            self.feed(events)
            self.cursor = cursor
        return self.cursor > began

    def feed(self, events: Iterable[Event]) -> None:
        """Take in events in their order; one that lacks what its kind has, in a damaged file, is passed over."""
        for event in events:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                self._take(event)

    def _take(self, event: Event) -> None:
        match event["event"]:
            case "start":
                self.start = event
            case "step":
                self._take_step({**event, "step": float(event["step"])})
            case "epoch":
                self.epochs.append({**event, "step": float(event["step"]), "epoch": float(event["epoch"])})
                self.last_epoch = event
            case "learning_rate":
                self.changes.append((int(event["step"]), float(event["learning_rate"])))
            case "resume" | "rewind":
                self._back_to(event)
            case "end":
                self.end = event

    def _take_step(self, row: Event) -> None:
        steps = self.steps["step"]
        if len(steps) and steps[-1] % self._stride:  # it stood only as the latest
            self.steps.drop_last()
        self.steps.append(row)
        if self._most is not None and len(self.steps) > self._most:
            self._stride *= 2
            steps = self.steps["step"]
            self.steps.select([at for at in range(len(steps)) if not steps[at] % self._stride or at == len(steps) - 1])

    def _back_to(self, event: Event) -> None:
        step, epoch = float(event["step"]), float(event["epoch"])
        changes = [(int(since), float(rate)) for since, rate in event["changes"]]
        self.end, self.changes = None, changes
        if self.last_epoch is not None and float(self.last_epoch["epoch"]) > epoch:
            self.last_epoch = None
        self.steps.keep("step", step)
        self.epochs.keep("epoch", epoch)


class DetailReader:
    """The close looks of a run that still hold, by step; `follow` reads on in the run's folder.

    At most the `most` latest steps are held.
    """

    def __init__(self, most: int = 50) -> None:
        self.cursor = 0
        self.most = most
        self._held: dict[int, Event] = {}

    def follow(self, folder: Path) -> None:
        """Take in what was written since the last time."""
        for events, cursor in iterate_events(folder / "details.jsonl", self.cursor):
            self._feed(events)
            self.cursor = cursor

    def _feed(self, events: Iterable[Event]) -> None:
        for event in events:
            if not isinstance(event.get("step"), int):
                continue
            if event["event"] == "detail":
                self._held[event["step"]] = event
            else:
                self._held = {step: one for step, one in self._held.items() if step <= event["step"]}
        self._held = {step: self._held[step] for step in sorted(self._held)[-self.most :]}

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps that were looked at, ascending."""
        return tuple(self._held)

    def __getitem__(self, step: int) -> Event:
        return self._held[step]
