"""Where runs are carried out, as what is above sees it: this machine today, a cluster another day."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from cnnviz.runs.event_log import Event
from cnnviz.runs.run_record import RunRecord

OnEnd = Callable[[str], None]
"""Called with a run's id when nobody works on it any more, from any thread."""


class Executor(Protocol):
    """Carries out the runs of a store."""

    def submit(self, record: RunRecord, commands: Sequence[Mapping[str, Any]]) -> None:
        """Begins to work on a run, or goes on with it; it first obeys `commands`.

        Raises:
            UserError: it cannot be begun.
        """
        ...

    def status(self, run_id: str) -> bool:
        """Whether it is being worked on."""
        ...

    def events(self, run_id: str, cursor: int = 0) -> tuple[list[Event], int]:
        """What happened since `cursor`, and the cursor after it; 0 is the beginning."""
        ...

    def send(self, run_id: str, command: Mapping[str, Any]) -> None:
        """Passes a command on."""
        ...

    def cancel(self, run_id: str) -> None:
        """Ends it within a minibatch."""
        ...

    def capacity(self) -> int:
        """The cores that a run submitted now would get for its life."""
        ...

    def listen(self, on_end: OnEnd) -> None:
        """From now on `on_end` hears of every end."""
        ...

    def warm(self) -> None:
        """Gets ready, so that the next run starts at once."""
        ...

    def close(self) -> None:
        """Everything saves and leaves."""
        ...
