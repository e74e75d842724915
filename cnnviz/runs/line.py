"""The waiting line: who is next when a place is free."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run that waits, and what it is to do first."""

    run_id: str
    owner: str
    commands: tuple[Mapping[str, Any], ...] = ()


def fair_order(waiting: Sequence[Waiting], running: Iterable[str]) -> list[Waiting]:
    """In turns by owner: an owner's second run waits for everybody's first.

    `waiting` is in the order of arrival; `running` holds the owner of each run under way.
    """
    before = Counter(running)
    turns = []
    for arrival, one in enumerate(waiting):
        turns.append((before[one.owner], arrival, one))
        before[one.owner] += 1
    return [one for _, _, one in sorted(turns, key=lambda turn: turn[:2])]
