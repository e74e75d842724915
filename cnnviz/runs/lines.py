"""Events as lines of a file: appended as things happen, never changed, read on from any place."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cnnviz.errors import Refusal
from cnnviz.runs.files import reason_of

Event = dict[str, Any]
"""A JSON object with "event": start, resume, step, epoch, learning_rate, rewind or end."""


class EventWriter:
    """Appends lines; each is with the system at once, and on the disk after `sync`.

    Raises:
        Refusal: `run_disk`, also from `write` and `sync`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            cut_torn_line(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise Refusal("run_disk", path=path, why=reason_of(error)) from error

    def write(self, event: Mapping[str, Any]) -> int:
        """One more line; its bytes."""
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        size = len(line)
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError as error:
            raise Refusal("run_disk", path=self._path, why=reason_of(error)) from error
        return size

    def sync(self) -> None:
        """Brings what was written to the disk."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise Refusal("run_disk", path=self._path, why=reason_of(error)) from error

    def close(self) -> None:
        """Gives the file back."""
        os.close(self._file)


def cut_torn_line(path: Path) -> None:
    """Takes off the part of a line that a killed writer left at the end."""
    if not path.is_file():
        return
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        place = end
        while place:
            start = max(0, place - 65536)
            file.seek(start)
            newline = file.read(place - start).rfind(b"\n")
            if newline >= 0:
                place = start + newline + 1
                break
            place = start
        if place != end:
            file.truncate(place)


def read_events(path: Path, cursor: int = 0) -> tuple[list[Event], int]:
    """The whole lines after byte `cursor`, and the cursor after them; lines that are none are passed over."""
    try:
        with path.open("rb") as file:
            file.seek(cursor)
            data = file.read()
    except OSError:
        return [], cursor
    end = data.rfind(b"\n") + 1
    events = []
    for line in data[:end].splitlines():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and isinstance(event.get("event"), str):
            events.append(event)
    return events, cursor + end
