"""The interface between the queue and what trains: this machine, or a cluster."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from cnnviz.runs.event_log import Event
from cnnviz.runs.run_record import RunRecord

OnEnd = Callable[[str], None]
"""Called with a run's id when nobody works on it any more, from any thread."""


class Executor(Protocol):
    """An executor trains the runs of a store."""

    def submit(self, record: RunRecord, commands: Sequence[Mapping[str, Any]]) -> None:
        """Begin to work on a run, or go on with it; it first obeys `commands`.

        Raises:
            UserError: it cannot be begun.
        """
        ...

    def adopt(self, record: RunRecord) -> bool:
        """Go on with a run that another process began, where it still goes on; return False where it does not."""
        ...

    def status(self, run_id: str) -> bool:
        """Return True while the run is being worked on."""
        ...

    def events(self, run_id: str, cursor: int = 0) -> tuple[list[Event], int]:
        """Return the events since `cursor`, and the cursor after them; 0 is the beginning."""
        ...

    def send(self, run_id: str, command: Mapping[str, Any]) -> None:
        """Pass a command on."""
        ...

    def cancel(self, run_id: str) -> None:
        """End it within a minibatch."""
        ...

    def capacity(self) -> int:
        """Return the cores that a run submitted now would get for its life."""
        ...

    def listen(self, on_end: OnEnd) -> None:
        """Call `on_end` at every end from now on."""
        ...

    def warm(self) -> None:
        """Get ready, so that the next run starts at once."""
        ...

    def close(self) -> None:
        """Let every run save and leave."""
        ...
