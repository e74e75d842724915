"""Files of users in memory: stored once per content, owned by those who uploaded them, bounded in bytes."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

_OVERHEAD = 1000
"""Bytes that are counted for a file besides its own, so that a great many tiny ones are bounded too."""


@dataclass(slots=True)
class _StoredFile:
    data: bytes
    owners: OrderedDict[str, None] = field(default_factory=OrderedDict)


class FileStore:
    """Files by the SHA-256 of their content, together at most `max_bytes`; safe between sessions.

    Where room is needed, the oldest file of whoever brings a new one goes first; then the oldest of those who hold
    the most, so that no number of files pushes out those of users who hold less. A larger file is stored alone.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._files: OrderedDict[str, _StoredFile] = OrderedDict()
        self._lock = Lock()

    def put(self, data: bytes, owner: str) -> str:
        """Keep a file for `owner`; return its digest."""
        digest = sha256(data).hexdigest()
        with self._lock:
            stored = self._files.get(digest)
            if stored is None:
                self._make_room(len(data) + _OVERHEAD, owner)
                stored = self._files[digest] = _StoredFile(data)
            stored.owners[owner] = None
            self._files.move_to_end(digest)
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return a file, which is then the newest; None where it is not stored."""
        with self._lock:
            if digest not in self._files:
                return None
            self._files.move_to_end(digest)
            return self._files[digest].data

    def find(self, beginning: str, owner: str) -> str | None:
        """Return the digest of the file of `owner` that begins so; None for no such file, and for other owners'."""
        with self._lock:
            return next(
                (
                    digest
                    for digest, stored in self._files.items()
                    if digest.startswith(beginning) and owner in stored.owners
                ),
                None,
            )

    @property
    def total_bytes(self) -> int:
        """The bytes counted for all files together."""
        with self._lock:
            return sum(map(_counted_bytes, self._files.values()))

    def _make_room(self, size: int, owner: str) -> None:
        while self._files and sum(map(_counted_bytes, self._files.values())) + size > self.max_bytes:
            shares: defaultdict[str, float] = defaultdict(float)
            for stored in self._files.values():
                for one in stored.owners:
                    shares[one] += _counted_bytes(stored) / len(stored.owners)
            whose = owner if owner in shares else max(shares, key=shares.__getitem__)
            self._remove_oldest(whose)

    def _remove_oldest(self, owner: str) -> None:
        """Remove the oldest file of `owner`; it stays as long as others own it."""
        digest = next(digest for digest, stored in self._files.items() if owner in stored.owners)
        del self._files[digest].owners[owner]
        if not self._files[digest].owners:
            del self._files[digest]


def _counted_bytes(stored: _StoredFile) -> int:
    return len(stored.data) + _OVERHEAD
