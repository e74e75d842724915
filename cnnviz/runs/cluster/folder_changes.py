"""The changes of a run's folder, from the node that trains to the server that keeps it; knows nothing of Ray."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from cnnviz.runs.atomic_files import replace_file
from cnnviz.runs.folder import DETAILS, METRICS, STATE

FILES = re.compile(r"(?!lock$|reserve$|visit$)\w[\w.]*|saved/\w[\w.]*")
"""What travels: no locks, no files that are being written."""
APPENDED = (METRICS, DETAILS)


@dataclass(frozen=True, slots=True)
class FolderChanges:
    """Bytes to append from a place on, files to put in place, files to remove."""

    appended: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    replaced: dict[str, bytes] = field(default_factory=dict)
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.appended or self.replaced or self.removed)


def read_files(folder: Path) -> dict[str, bytes]:
    """Return the files of a run."""
    return {name: (folder / name).read_bytes() for name in _names(folder)}


def write_files(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files that `read_files` gave."""
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


class FolderWatch:
    """Tells what has changed in a folder since the last time, beginning with now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = {name: self._stamp(name) for name in _names(folder)}
        self._sent = {name: size for name, (_, size) in self._seen.items() if name in APPENDED}

    def changes(self) -> FolderChanges:
        """Return what has changed; a checkpoint never comes before the events that it is ahead of."""
        stamps = {}
        for name in _names(self._folder):
            try:
                stamps[name] = self._stamp(name)
            except FileNotFoundError:  # one of many saved steps, which has just been dropped
                continue
        replaced = {}
        for name, stamp in stamps.items():
            if name not in APPENDED and stamp != self._seen.get(name):
                try:
                    replaced[name] = (self._folder / name).read_bytes()
                except FileNotFoundError:
                    continue
        appended = {name: told for name in APPENDED if name in stamps and (told := self._tail(name)) is not None}
        removed = tuple(name for name in self._seen if name not in stamps)
        self._seen = {
            name: stamp
            for name, stamp in stamps.items()
            if name in APPENDED or name in replaced or stamp == self._seen.get(name)
        }
        return FolderChanges(appended, replaced, removed)

    def _tail(self, name: str) -> tuple[int, bytes] | None:
        with (self._folder / name).open("rb") as file:
            sent, size = self._sent.get(name), file.seek(0, 2)
            if size == sent:
                return None
            begin = file.seek(sent if sent is not None and sent < size else 0)
            content = file.read()
        self._sent[name] = begin + len(content)
        return begin, content

    def _stamp(self, name: str) -> tuple[int, int]:
        found = (self._folder / name).stat()
        return found.st_mtime_ns, found.st_size


def apply_changes(folder: Path, changes: FolderChanges) -> None:
    """Bring a folder up to date; the state comes last.

    Raises:
        UserError: `run_disk`.
    """
    for name in (*changes.appended, *changes.replaced, *changes.removed):
        if not FILES.fullmatch(name):
            raise ValueError(name)
    for name, (begin, content) in changes.appended.items():
        with (folder / name).open("r+b" if (folder / name).exists() else "w+b") as file:
            file.truncate(begin)
            file.seek(begin)
            file.write(content)
    for name, content in sorted(changes.replaced.items(), key=lambda one: one[0] == STATE):
        (folder / name).parent.mkdir(exist_ok=True)
        replace_file(folder / name, lambda beside, content=content: beside.write_bytes(content))  # type: ignore[misc]
    for name in changes.removed:
        (folder / name).unlink(missing_ok=True)


def _names(folder: Path) -> list[str]:
    found = (str(path.relative_to(folder)) for path in (*folder.glob("*"), *folder.glob("saved/*")) if path.is_file())
    return sorted(name for name in found if FILES.fullmatch(name))
