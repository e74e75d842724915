"""The processor cores that this process may use."""

import os
from pathlib import Path


def usable_cores() -> int:
    """Return whole cores, at least 1: what the system lets the process run on, less where a container's share is."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(there, round(cgroup_quota(Path("/sys/fs/cgroup/cpu.max")) or there)))


def cgroup_quota(path: Path) -> float | None:
    """Return the cores that a container may use at once, from its `cpu.max`; None without a limit."""
    try:
        most, period = path.read_text(encoding="ascii").split()
        return int(most) / int(period)
    except (OSError, ValueError):
        return None
