"""A training on a terminal: a bar that moves on stderr, a line per epoch on stdout."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cnnviz.cli.output import print_line
from cnnviz.cli.text_table import width
from cnnviz.runs.plateau import describe_plateau
from cnnviz.text import Text

if TYPE_CHECKING:
    from cnnviz.runs.event_log import Event

BAR = 24
EVERY = 0.1
"""Seconds between two movements."""


class ProgressBar:
    """A bar that is told every event of a run."""

    def __init__(self, folder: Path, t: Text) -> None:
        self._folder, self._t, self.ended = folder, t, False
        self._steps, self._epochs = 1, 1
        self._shown, self._moved = 0, 0.0
        self._told: set[str] = set()

    def __call__(self, event: "Event") -> None:
        """Move the bar, or print a line."""
        t = self._t
        match event["event"]:
            case "start":
                self._steps, self._epochs = event["steps"], event["epochs"]
                machine = event["machine"]
                self._print(
                    t(
                        "cli.start",
                        folder=self._folder,
                        device=machine["device"],
                        name=machine["name"],
                        precision=machine["precision"],
                        threads=machine["threads"],
                    ),
                    to=sys.stderr,
                )
            case "step" if sys.stderr.isatty() and time.monotonic() - self._moved > EVERY:
                self._move(event)
            case "epoch":
                self._print(
                    t(
                        "cli.epoch",
                        epoch=event["epoch"],
                        epochs=self._epochs,
                        train_loss=f"{event['train_loss']:.4f}",
                        test_loss=f"{event['test_loss']:.4f}",
                        train_accuracy=f"{event['train_accuracy']:.4f}",
                        test_accuracy=f"{event['test_accuracy']:.4f}",
                        speed=f"{event['images_per_second']:,.0f}",
                    )
                )
                self._say_plateau(event)
            case "end":
                self.ended = True
                self._print(t(f"cli.end.{event['status']}", folder=self._folder))

    def _say_plateau(self, event: "Event") -> None:
        """Print a plateau of each kind once, not after every epoch that it lasts."""
        kind = str((event.get("plateau") or {}).get("kind"))
        sentence = describe_plateau(event, self._t.language)
        if sentence and kind not in self._told:
            self._told.add(kind)
            self._print(sentence, to=sys.stderr)

    def _move(self, event: "Event") -> None:
        done = round(BAR * event["step"] / self._steps)
        line = self._t(
            "cli.step",
            bar="█" * done + "░" * (BAR - done),
            step=event["step"],
            steps=self._steps,
            loss=f"{event['epoch_loss']:.4f}",
            accuracy=f"{event['epoch_accuracy']:.4f}",
            speed=f"{event['images_per_second']:,.0f}",
            left=_clock(event["seconds_left"]),
        )
        pad = " " * max(0, self._shown - width(line))
        print(f"\r{line}{pad}", end="", file=sys.stderr, flush=True)
        self._shown, self._moved = width(line), time.monotonic()

    def _print(self, line: str, to: TextIO | None = None) -> None:
        if self._shown:
            print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)
            self._shown = 0
        print_line(line, to)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
