"""The layers of a file paired with those of a network by their order and shapes, where names say nothing."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

Shape = tuple[int, ...]
LONGEST_NAME = 300
"""Characters of a name that are looked into."""
_ROLES = ("weight", "bias", "running_mean", "running_var")


def pair_by_order(found: Mapping[str, Shape], expected: Mapping[str, Shape]) -> dict[str, str] | None:
    """Return the tensor of a file for each tensor of a network, in the network's order; None where more ways remain.

    Layers are paired by shape, and by number where shapes repeat. Two layers are in order where their paths first
    differ in a number: "features.3" comes before "features.10", and "0.1" before "2.0.bn1", but "fc" and "head" could
    stand either way. Every two layers of the same shapes must be in order, and no two that are may stand the other way
    round in the network. Where all layers are in order, shapes may differ.
    """
    theirs, own = _layers(found), _layers(expected)
    if len(theirs) != len(own) or any(role not in _ROLES for roles in theirs.values() for role in roles):
        return None
    keys = {path: _path_key(path) for path in theirs}
    ordered = sorted(theirs, key=keys.__getitem__)
    if all(_in_order(keys[a], keys[b]) for a, b in pairwise(ordered)):
        match = dict(zip(own, ordered, strict=True))
        if any(theirs[path].keys() != own[name].keys() for name, path in match.items()):
            return None
    else:
        waiting = defaultdict(list)
        for path in ordered:
            waiting[frozenset((role, found[name]) for role, name in theirs[path].items())].append(path)
        if any(not _in_order(keys[a], keys[b]) for alike in waiting.values() for a, b in pairwise(alike)):
            return None
        match = {}
        for name, roles in own.items():
            alike = waiting[frozenset((role, expected[full]) for role, full in roles.items())]
            if not alike:
                return None
            match[name] = alike.pop(0)
        paths = list(match.values())
        if any(_in_order(keys[b], keys[a]) for i, a in enumerate(paths) for b in paths[i + 1 :]):
            return None
    paired = {full: theirs[match[name]][role] for name, roles in own.items() for role, full in roles.items()}
    return {name: paired[name] for name in expected}


def _layers(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the full names of the tensors of each layer, by the layer's path and the tensors' roles."""
    layers: dict[str, dict[str, str]] = {}
    for name in names:
        path, _, role = name.rpartition(".")
        layers.setdefault(path, {})[role] = name
    return layers


PathKey = tuple[tuple[str, tuple[int, ...]], ...]


def _path_key(path: str) -> PathKey:
    """Return the key that sorts a path by the numbers in it: each part without its digits, and those as numbers."""
    return tuple(
        (
            re.sub(r"\d+", "#", part) if not part.isdecimal() else "",
            tuple(int(digits[:15]) for digits in re.findall(r"\d+", part)),
        )
        for part in path[:LONGEST_NAME].split(".")
    )


def _in_order(one: PathKey, other: PathKey) -> bool:
    """Return whether one path surely comes before the other."""
    for a, b in zip(one, other, strict=False):
        if a != b:
            return (a[0] == b[0] and a[1] < b[1]) or (a[0] == "" and b[0] != "")
    return False
