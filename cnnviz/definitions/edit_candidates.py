"""Edits that may mend a break, the likeliest first: numbers that make both sides of the clash equal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node, Shape
from cnnviz.definitions.shape_pass import Shapes
from cnnviz.definitions.table import OPERATION_TABLE

MOST_ANCESTORS = 16
"""Layers before the break whose settings are tried."""
WINDOW_SETTINGS = ("padding", "kernel_size", "stride", "dilation", "output_size", "output_padding")
Place = tuple[int, str]


@dataclass(frozen=True, slots=True)
class CandidateEdit:
    """One edit: another value of a setting at one node, or at all nodes that have it from one number of a text."""

    key: str
    index: int
    setting: str
    before: Any
    after: Any
    changes: Mapping[Place, Any]
    insert: Node | None = None
    spreads: bool = False
    """Layers behind may take over the new number of channels."""


def candidate_edits(
    definition: NetworkDefinition, shapes: Shapes, groups: Mapping[Place, Any]
) -> Iterator[CandidateEdit]:
    """Yield edits that may mend the break of a network."""
    broken = shapes.broken
    assert broken is not None
    together: dict[Any, list[Place]] = {}
    for place, origin in groups.items():
        together.setdefault(origin, []).append(place)
    seen: set[Any] = set()
    for index, setting, value in _numbers(definition, shapes, broken):
        node = definition.nodes[index]
        before = OPERATION_TABLE[node.operation].full(dict(node.settings)).get(setting)
        if value == before or value is None:
            continue
        if groups and (index, setting) not in groups and (index, f"{setting}[1]") not in groups:
            continue  # no number of the text
        for places in _levers(definition, index, setting, groups, together):
            edit = CandidateEdit(
                "fix.setting", index, setting, before, value, dict.fromkeys(places, value), spreads=True
            )
            mark = (tuple(places), value)
            if mark not in seen:
                seen.add(mark)
                yield edit
    yield from _insertions(definition, shapes, broken)


def _levers(
    definition: NetworkDefinition, index: int, setting: str, groups: Mapping[Place, Any], together: Mapping[Any, Any]
) -> Iterator[list[Place]]:
    """Yield the places that change together with a setting: from one number of the text, else the calls of a layer."""
    origin = groups.get((index, setting))
    if origin is not None:
        yield together[origin]
        return
    node = definition.nodes[index]
    if OPERATION_TABLE[node.operation].is_layer:
        yield [(at, setting) for at, other in enumerate(definition.nodes) if other.key == node.key]
    else:
        yield [(index, setting)]


def _numbers(definition: NetworkDefinition, shapes: Shapes, broken: int) -> Iterator[tuple[int, str, Any]]:
    """Yield (position, setting, value) to try: first at the break, then before it, the nearest first."""
    clash = shapes.clash
    assert clash is not None
    node = definition.nodes[broken]
    operation = OPERATION_TABLE[node.operation]
    read = shapes.read_by(node)
    expected, got = clash.values.get("expected"), clash.values.get("got")
    if operation.reads and isinstance(got, int):
        yield broken, operation.reads, got
        if "groups" in operation.setting_names:
            yield broken, "groups", 1
    yield from _own(node, broken, read)
    ancestors = list(_ancestors(definition, broken))
    pool = _pool(definition, shapes, broken, ancestors)
    for index in ancestors:
        gives = OPERATION_TABLE[definition.nodes[index].operation].gives
        if gives and gives != OPERATION_TABLE[definition.nodes[index].operation].reads:
            for value in _solved(shapes, index, broken, expected, read):
                yield index, gives, value
    for index in ancestors:
        yield from _near(definition.nodes[index], index)
    for index in ancestors:
        entry = OPERATION_TABLE[definition.nodes[index].operation]
        for setting in (entry.gives, entry.reads, "groups"):
            if setting and setting in entry.setting_names:
                for value in pool:
                    yield index, setting, value
    yield from _near(node, broken)
    for setting in (operation.gives, operation.reads, "groups", "num_groups", "num_features"):
        if setting and setting in operation.setting_names:
            for value in pool:
                yield broken, setting, value


def _own(node: Node, index: int, read: list[Shape]) -> Iterator[tuple[int, str, Any]]:
    """Yield values for the settings of the node that breaks itself, which its input tells."""
    shape = read[0]
    match node.operation:
        case "LayerNorm":
            given = node.setting("normalized_shape")
            yield index, "normalized_shape", shape[-(len(given) if isinstance(given, tuple) else 1) :]
        case "view" | "reshape":
            sizes = node.setting("sizes")
            yield index, "sizes", ("n", -1)
            yield index, "sizes", ("n", *shape)
            for place in range(1, len(sizes)):
                yield index, "sizes", ("n", *(-1 if at == place else one for at, one in enumerate(sizes) if at))
        case "flatten" | "Flatten":
            yield index, "start_dim", 1
        case "mean" | "sum" | "amax" | "amin":
            yield index, "dim", (2, 3)
        case "cat":
            yield index, "dim", 1
        case "GroupNorm" | "Conv2d" | "ConvTranspose2d" | "ChannelShuffle" | "channel_shuffle":
            name = "num_groups" if node.operation == "GroupNorm" else "groups"
            divisors = [one for one in range(1, min(shape[0], 512) + 1) if shape[0] % one == 0]
            asked = node.setting(name) or 1
            for value in sorted(divisors, key=lambda one: abs(one - asked))[:4]:
                yield index, name, value
    if "padding" in OPERATION_TABLE[node.operation].setting_names and node.setting("padding") == "same":
        yield index, "stride", 1
    yield from _near(node, index)


def _near(node: Node, index: int) -> Iterator[tuple[int, str, Any]]:
    """Yield values of the window's settings near those that a node has."""
    full = OPERATION_TABLE[node.operation].full(dict(node.settings))
    for setting in WINDOW_SETTINGS:
        if setting not in full:
            continue
        value = full[setting]
        if isinstance(value, str):
            continue
        if isinstance(value, tuple):
            for one in sorted(set(value)):
                yield index, setting, one
            continue
        kernel = full.get("kernel_size")
        lowest = 0 if setting in ("padding", "output_padding") else 1
        near = {(kernel - 1) // 2} if setting == "padding" and isinstance(kernel, int) else set()
        base = value if isinstance(value, int) else kernel if isinstance(kernel, int) else 1
        steps = (1, -1, 2, -2, 3, -3, 4, -4)
        halves = {base // 2, base * 2} if setting in ("stride", "kernel_size", "output_size") else set()
        halves |= {1, 3, 5, 7} if setting == "kernel_size" else {1} if setting == "stride" else set()
        for one in [*near, *(base + step for step in steps), *sorted(halves)]:
            if one >= lowest:
                yield index, setting, one
    if full.get("ceil_mode") in (True, False):
        yield index, "ceil_mode", not full["ceil_mode"]


def _ancestors(definition: NetworkDefinition, broken: int) -> Iterator[int]:
    """Yield the layers before a node, the nearest first, along all of its paths."""
    waiting, seen, count = list(definition.nodes[broken].inputs), set(), 0
    while waiting and count < MOST_ANCESTORS:
        index = max(waiting)
        waiting.remove(index)
        if index == IMAGE or index in seen:
            continue
        seen.add(index)
        if definition.nodes[index].settings:
            count += 1
            yield index
        waiting.extend(definition.nodes[index].inputs)


def _solved(
    shapes: Shapes, index: int, broken: int, expected: Any, read: list[Shape]
) -> Iterator[int]:  # fmt: skip
    """Yield the channels of a layer that would make the clash come out even."""
    given = shapes.given[index]
    if type(expected) is int:
        area = prod(given[1:])
        flat = prod(read[0])
        if len(read[0]) == 1 and area and flat == prod(given) and expected % area == 0:
            yield expected // area
        channels = read[0][0]
        if expected > channels - given[0]:
            yield expected - (channels - given[0])
        yield expected
        return
    for shape in read:
        yield shape[0]


def _pool(definition: NetworkDefinition, shapes: Shapes, broken: int, ancestors: list[int]) -> list[int]:
    """Return the numbers of channels around the break, those that come most often first."""
    counts: dict[int, int] = {}
    near = [broken, *ancestors, *range(broken + 1, min(broken + 8, len(definition.nodes)))]
    for index in near:
        entry = OPERATION_TABLE[definition.nodes[index].operation]
        full = entry.full(dict(definition.nodes[index].settings))
        for setting in (entry.reads, entry.gives):
            if type(full.get(setting)) is int:
                counts[full[setting]] = counts.get(full[setting], 0) + 1
        if index < len(shapes.given):
            counts.setdefault(shapes.given[index][0], 0)
    ordered = sorted(counts, key=lambda number: -counts[number])[:8]
    return [*ordered, *(2 * number for number in ordered[:2]), *(number // 2 for number in ordered[:2] if number > 1)]


def _insertions(definition: NetworkDefinition, shapes: Shapes, broken: int) -> Iterator[CandidateEdit]:
    """Yield layers to put before the one that breaks."""
    node = definition.nodes[broken]
    read = shapes.read_by(node)
    if node.operation in ("Linear", "BatchNorm1d") and len(read[0]) == 3:
        flat = Node("flatten", (), (("start_dim", 1),), node.key.rpartition(".")[0], node.line)
        yield CandidateEdit("fix.flatten", broken, "", "", "flatten", {}, flat)
    yield from ()
