"""The server's memory, divided by one table among its caches and the heavy computations that run at once."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cnnviz.ui.core.byte_cache import ByteCache, memory_left
from cnnviz.ui.core.server_state import server_state

MEBIBYTE = 2**20
COMPUTATIONS = "computations"
"""The part of the heavy computations that run at once; every other part is a cache's."""


@dataclass(frozen=True, slots=True)
class MemoryBudget:
    """One part of the memory."""

    share: float
    """Of the memory that is left when the server first asks, the most that this part takes."""
    most: int | None = None
    """Bytes that are enough, however much memory there is."""
    entries: int = 0
    """Values that the cache holds at most."""


BUDGETS = MappingProxyType(
    {
        COMPUTATIONS: MemoryBudget(0.29),
        "networks": MemoryBudget(0.25, entries=8),
        "activations": MemoryBudget(0.29, entries=64),
        "run_activations": MemoryBudget(0.05, 160 * MEBIBYTE, 12),
        "maps": MemoryBudget(0.03, entries=256),
        "scores": MemoryBudget(0.01, 8 * MEBIBYTE, 512),
        "predictions": MemoryBudget(0.03, 64 * MEBIBYTE, 64),
        "top_activations": MemoryBudget(0.02, 32 * MEBIBYTE, 64),
        "effective_fields": MemoryBudget(0.01, 16 * MEBIBYTE, 48),
        "trust_tests": MemoryBudget(0.01, entries=128),
        "thumbnails": MemoryBudget(0.01, 16 * MEBIBYTE, 32),
    }
)
"""Every budget by its name; the shares sum to 1."""


@server_state
def server_memory() -> int:
    """Return the bytes that were left for all budgets together when the first was asked for."""
    return memory_left()


def budget_bytes(name: str) -> int:
    """Return the most bytes that budget `name` takes on this server."""
    budget = BUDGETS[name]
    share = int(budget.share * server_memory())
    return share if budget.most is None else min(share, budget.most)


def held_bytes(name: str) -> int:
    """Return what the cache within budget `name` holds now."""
    return shared_cache(name).held_bytes


@server_state
def shared_cache(name: str) -> ByteCache[Any]:
    """Return the server's one cache within budget `name`."""
    return ByteCache(budget_bytes(name), BUDGETS[name].entries)
