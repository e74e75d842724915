"""Users' files in the server's memory: shared by what they hold, owned by who brought them, bounded in bytes."""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

_OVERHEAD = 1000
"""Bytes that a file weighs besides its own, so that a great many tiny ones are bounded too."""


@dataclass(slots=True)
class _Held:
    data: bytes
    owners: OrderedDict[str, None] = field(default_factory=OrderedDict)


class HeldFiles:
    """Files by the SHA-256 of their content, together at most `max_bytes`; safe between sessions.

    Where room is needed, the oldest file of whoever brings a new one goes first; then the oldest of those who hold
    the most, so that no number of files pushes out those of users who hold less. A larger file is held alone.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = Lock()

    def put(self, data: bytes, owner: str) -> str:
        """Keep a file for `owner`; return its digest."""
        digest = sha256(data).hexdigest()
        with self._lock:
            held = self._held.get(digest)
            if held is None:
                self._make_room(len(data) + _OVERHEAD, owner)
                held = self._held[digest] = _Held(data)
            held.owners[owner] = None
            self._held.move_to_end(digest)
        return digest

    def get(self, digest: str) -> bytes | None:
        """Return a file, which is then the newest; None where it is not held."""
        with self._lock:
            if digest not in self._held:
                return None
            self._held.move_to_end(digest)
            return self._held[digest].data

    def find(self, beginning: str, owner: str) -> str | None:
        """Return the digest of the file of `owner` that begins so; None for no such file, and for other owners'."""
        with self._lock:
            return next(
                (
                    digest
                    for digest, held in self._held.items()
                    if digest.startswith(beginning) and owner in held.owners
                ),
                None,
            )

    @property
    def held_bytes(self) -> int:
        """What the files weigh together."""
        with self._lock:
            return sum(map(_weight, self._held.values()))

    def _make_room(self, size: int, owner: str) -> None:
        while self._held and sum(map(_weight, self._held.values())) + size > self.max_bytes:
            shares: defaultdict[str, float] = defaultdict(float)
            for held in self._held.values():
                for one in held.owners:
                    shares[one] += _weight(held) / len(held.owners)
            whose = owner if owner in shares else max(shares, key=shares.__getitem__)
            self._let_go(whose)

    def _let_go(self, owner: str) -> None:
        """Take the oldest file of `owner` from them; it stays as long as others have it."""
        digest = next(digest for digest, held in self._held.items() if owner in held.owners)
        del self._held[digest].owners[owner]
        if not self._held[digest].owners:
            del self._held[digest]


def _weight(held: _Held) -> int:
    return len(held.data) + _OVERHEAD
