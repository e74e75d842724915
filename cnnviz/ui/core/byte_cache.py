"""The memory left for weights and activations, and a cache bounded by its share of it."""

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, RLock
from typing import Any, Generic, TypeVar

import psutil

T = TypeVar("T")

MEGABYTE = 1_000_000

_CGROUP = Path("/sys/fs/cgroup")


def memory_is_set() -> bool:
    """Return whether `CNNVIZ_MEMORY_MB` says how much memory networks may take."""
    return os.environ.get("CNNVIZ_MEMORY_MB", "").isdigit()


def memory_left() -> int:
    """Return the bytes that a network may still take: `CNNVIZ_MEMORY_MB`, or what machine and container report."""
    if memory_is_set():
        return int(os.environ["CNNVIZ_MEMORY_MB"]) * MEGABYTE
    available = psutil.virtual_memory().available
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = int((_CGROUP / "memory.current").read_text())
        return min(available, int(limit) - used)
    except (OSError, ValueError):  # no container, or one without a limit
        return available


class ByteCache(Generic[T]):
    """The most recently used values whose sizes sum to at most `max_bytes`; safe between sessions.

    A value heavier than that is held alone, so that what a reader is looking at is never made twice.
    """

    def __init__(self, max_bytes: int, max_entries: int) -> None:
        self.max_bytes = max_bytes
        self.max_entries = max_entries
        self._held: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._lock = Lock()
        self._making: dict[Hashable, tuple[RLock, int]] = {}

    def get(self, key: Hashable, size: int, make: Callable[[], T], part: Hashable = None, part_size: int = 0) -> T:
        """Return the value at `key`, made by `make` where it is not held.

        Args:
            key: of the value.
            size: what it takes in bytes.
            make: makes it; one caller at a time.
            part: what several values hold in common, such as the weights of one network.
            part_size: what that takes in bytes, counted once for all of them.
        """
        with self._lock:
            lock, waiting = self._making.get(key, (RLock(), 0))
            self._making[key] = (lock, waiting + 1)
        try:
            with lock:
                with self._lock:
                    if key in self._held:
                        self._held.move_to_end(key)
                        return self._held[key].value
                    self._make_room(size, part, part_size)
                value = make()
                with self._lock:
                    self._make_room(size, part, part_size)
                    self._held[key] = _Entry(value, size, part, part_size)
                return value
        finally:
            with self._lock:
                lock, waiting = self._making[key]
                if waiting == 1:
                    del self._making[key]
                else:
                    self._making[key] = (lock, waiting - 1)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._held

    @property
    def held_bytes(self) -> int:
        """Return the bytes of all held values."""
        with self._lock:
            return _total(self._held.values())

    def _make_room(self, size: int, part: Hashable, part_size: int) -> None:
        coming = _Entry(None, size, part, part_size)
        while self._held and (
            _total((*self._held.values(), coming)) > self.max_bytes or len(self._held) >= self.max_entries
        ):
            self._held.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Entry(Generic[T]):
    value: T
    size: int
    part: Hashable
    part_size: int


def _total(entries: Iterable[_Entry[Any]]) -> int:
    own, parts = 0, {}
    for entry in entries:
        own += entry.size
        parts[entry.part] = entry.part_size
    return own + sum(parts.values())
