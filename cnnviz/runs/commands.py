"""Commands to a run while it trains, given from any thread."""

import queue
from collections.abc import Iterable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

from cnnviz.errors import UserError
from cnnviz.train.config import SETTINGS

if TYPE_CHECKING:
    from cnnviz.train.training import Training

Command = Mapping[str, Any]
COMMANDS = ("resume", "pause", "cancel", "step", "epoch", "learning_rate", "rewind")
"""`{"do": …}` of a command; `learning_rate` carries its "value"; `step` and `epoch` rest afterwards."""
LEAVE = {"do": "leave"}
"""From the process above alone: save, and go."""
YIELD, STAY = {"do": "yield"}, {"do": "stay"}
"""From the queue alone: others wait for this place, so leave whenever the run rests; nobody waits any more."""
MEANWHILE = ("learning_rate", "yield", "stay")
"""What a training obeys without a stop."""


def parse_command(command: Any) -> dict[str, Any]:
    """Return `command`, from a client that may send anything, checked and with its value parsed.

    Raises:
        UserError: `run_command`, or `train_real` for a learning rate that is none.
    """
    do = command.get("do") if isinstance(command, Mapping) else None
    if do not in COMMANDS:
        raise UserError("run_command", got=str(do)[:80], known=[*COMMANDS])
    if do == "learning_rate":
        return {"do": do, "value": SETTINGS["learning_rate"].parse(command.get("value"))}
    return {"do": do}


def commands_after_loss(facts: Mapping[str, Any], first: Iterable[Command]) -> tuple[Command, ...]:
    """Return what a run obeys first whose process was lost: `facts` are its state then, `first` its first commands."""
    if facts.get("status") in ("waiting", "starting"):
        return tuple(first)
    if facts.get("status") == "paused":
        return ({"do": "pause"},)
    until = facts.get("until")
    return ({"do": "until", "unit": until[0], "value": until[1]},) if until else ()


class CommandQueue:
    """Commands on their way to a training; one that ends its stretch stops it within a minibatch."""

    def __init__(self, first: Iterable[Command] = ()) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._training: Training | None = None
        self._lock = Lock()
        for command in first:
            self._commands.put(command)

    def attach(self, training: "Training") -> None:
        """Let commands act on `training` from now on."""
        with self._lock:
            self._training = training

    def give(self, command: Command) -> None:
        """Add one command."""
        self._commands.put(command)
        with self._lock:
            if self._training is not None and command["do"] not in ("resume", *MEANWHILE):
                self._training.cancel()

    def take(self, wait: float = 0.0) -> Command | None:
        """Return the next command; None where none came within `wait` seconds."""
        try:
            return self._commands.get(timeout=wait) if wait else self._commands.get_nowait()
        except queue.Empty:
            return None
