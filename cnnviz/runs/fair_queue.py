"""The fair order of the queue: which run is next when a place is free."""

import ipaddress
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run that waits, and what it is to do first."""

    run_id: str
    owner: str
    commands: tuple[Mapping[str, Any], ...] = ()
    network: str = ""
    """As `network_of` gives it."""


def fair_order(waiting: Sequence[QueuedRun], running: Iterable[str]) -> list[QueuedRun]:
    """Return the runs in turns by owner: an owner's second run waits for everybody's first.

    `waiting` is in the order of arrival; `running` holds the owner of each run under way.
    """
    before = Counter(running)
    turns = []
    for arrival, one in enumerate(waiting):
        turns.append((before[one.owner], arrival, one))
        before[one.owner] += 1
    return [one for _, _, one in sorted(turns, key=lambda turn: turn[:2])]


def public_network(address: str | None) -> str:
    """Return the network that a public address belongs to, "" for any other: those are proxies and local machines.

    An IPv6 address stands for the 2⁶⁴ that every household has.

    >>> public_network("8.8.8.8"), public_network("2001:4860:4860::8888"), public_network("192.168.0.7")
    ('8.8.8.8', '2001:4860:4860::/64', '')
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if not parsed.is_global:
        return ""
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))
