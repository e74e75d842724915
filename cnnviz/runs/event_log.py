"""Events as lines of a file: appended as things happen, never changed, read on from any place."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cnnviz.errors import UserError
from cnnviz.runs.atomic_files import error_reason

CHUNK = 2**20
"""Bytes that are read and parsed at once."""
Event = dict[str, Any]
"""A JSON object with "event": start, resume, step, epoch, learning_rate, rewind or end."""


class EventWriter:
    """Appends lines; each is with the system at once, and on the disk after `sync`.

    Raises:
        UserError: `run_disk`, also from `write` and `sync`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            truncate_torn_line(path)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        except OSError as error:
            raise UserError("run_disk", path=path, why=error_reason(error)) from error

    def write(self, event: Mapping[str, Any]) -> int:
        """Append an event as a line; return its bytes."""
        line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
        size = len(line)
        try:
            while line:
                line = line[os.write(self._file, line) :]
        except OSError as error:
            raise UserError("run_disk", path=self._path, why=error_reason(error)) from error
        return size

    def sync(self) -> None:
        """Bring what was written to the disk."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise UserError("run_disk", path=self._path, why=error_reason(error)) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def truncate_torn_line(path: Path) -> None:
    """Take off the part of a line that a killed writer left at the end."""
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
    """Return the whole lines after byte `cursor`, and the cursor after them; lines that are none are passed over."""
    found = []
    for events, after in iterate_events(path, cursor):
        found += events
        cursor = after
    return found, cursor


def iterate_events(path: Path, cursor: int = 0) -> Iterator[tuple[list[Event], int]]:
    """Yield the events after byte `cursor` some at a time, each time with the cursor after them.

    However long a file is, no more than `CHUNK` bytes of it, or one line, are held.
    """
    try:
        with path.open("rb") as file:
            file.seek(cursor)
            rest = b""
            while data := file.read(CHUNK):
                lines, newline, rest = (rest + data).rpartition(b"\n")
                cursor += len(lines) + len(newline)
                if newline:
                    yield [event for line in lines.split(b"\n") if (event := _event(line)) is not None], cursor
    except OSError:
        return


def _event(line: bytes) -> Event | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("event"), str) else None
