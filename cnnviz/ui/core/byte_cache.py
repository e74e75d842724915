"""The memory left for weights and activations, and a cache bounded by its share of it."""

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import Lock, RLock
from typing import Generic, TypeVar

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
        self._held: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._lock = Lock()
        self._making: dict[Hashable, tuple[RLock, int]] = {}

    def get(self, key: Hashable, size: int, make: Callable[[], T]) -> T:
        """Return the value at `key`, made by `make` where it is not held; `size` is what it takes in bytes."""
        with self._lock:
            lock, waiting = self._making.get(key, (RLock(), 0))
            self._making[key] = (lock, waiting + 1)
        try:
            with lock:
                with self._lock:
                    if key in self._held:
                        self._held.move_to_end(key)
                        return self._held[key][0]
                    self._make_room(size)
                value = make()
                with self._lock:
                    self._make_room(size)
                    self._held[key] = (value, size)
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
            return sum(size for _, size in self._held.values())

    def _make_room(self, size: int) -> None:
        while self._held and (
            sum(held for _, held in self._held.values()) + size > self.max_bytes or len(self._held) >= self.max_entries
        ):
            self._held.popitem(last=False)
