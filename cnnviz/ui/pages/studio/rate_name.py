"""The learning rates of a run in its name: "LeNet digits η=0.9 → 0.1" once the rate was changed by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence

ARROW = " → "
LONGEST = 80
_RATES = re.compile(rf"η=\S+(?:{ARROW}\S+)*")


def rates(initial: float, changes: Sequence[tuple[int, float]]) -> list[float]:
    """Return the learning rates that were in force, in their order; of several asked for at one step the last one is.

    >>> rates(0.9, [(4, 0.5), (4, 0.1), (9, 0.01)]), rates(0.9, [(0, 0.1)])
    ([0.9, 0.1, 0.01], [0.1])
    """
    by_step = {0: initial} | dict(changes)
    return [by_step[step] for step in sorted(by_step)]


def with_rates(name: str, in_force: Sequence[float]) -> str:
    """Return `name` with the learning rates in place of those it has, or behind it where it has none and there are
    several; the name as it was where that is too long.

    >>> with_rates("LeNet digits η=0.9", [0.9, 0.1]), with_rates("mine", [0.9, 0.1]), with_rates("mine", [0.9])
    ('LeNet digits η=0.9 → 0.1', 'mine η=0.9 → 0.1', 'mine')
    """
    written = "η=" + ARROW.join(f"{rate:g}" for rate in in_force)
    if _RATES.search(name):
        changed = _RATES.sub(written, name, count=1)
    else:
        changed = f"{name} {written}".strip() if len(in_force) > 1 else name
    return changed if len(changed) <= LONGEST else name
