"""A trace as a tree of blocks, repeated ones folded to one with ×N."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnnviz.trace.record import LayerRecord, Trace

LONGEST_PERIOD = 8
"""How many neighbours may repeat together: conv, bn, relu, conv, bn, relu is a period of three."""


@dataclass(frozen=True)
class Fold:
    """A row, a block of the model, or a repeat: `count` like parts, each reading what the one before gave."""

    kind: str
    """"row", "block" or "repeat"."""
    path: str
    """The row's name; the block's dotted path; of a repeat, that of its first part."""
    children: tuple["Fold", ...] = ()
    """A block's parts; of a repeat, the nodes of its first turn."""
    record: LayerRecord | None = None
    turns: tuple[tuple["Fold", ...], ...] = ()
    """Of a repeat: the nodes of every turn, the first included."""

    @property
    def count(self) -> int:
        """How many times it stands here: N of ×N."""
        return len(self.turns) or 1

    def rows(self) -> Iterator[LayerRecord]:
        """Every row in it, in order of execution."""
        if self.record is not None:
            yield self.record
        for part in [part for turn in self.turns for part in turn] or self.children:
            yield from part.rows()

    @property
    def first(self) -> LayerRecord:
        """Its first row."""
        return next(self.rows())

    @property
    def input_shape(self) -> tuple[int, ...]:
        """What its first row reads."""
        first = self.first
        return first.input_shapes[0] if first.input_shapes else ()

    @property
    def shape(self) -> tuple[int, ...]:
        """What its last row gives."""
        return list(self.rows())[-1].shape

    @property
    def num_params(self) -> int:
        """Of all its rows together."""
        return sum(row.num_params for row in self.rows())

    @property
    def macs(self) -> int:
        """Of all its rows together."""
        return sum(row.macs for row in self.rows())


def fold(trace: Trace) -> tuple[Fold, ...]:
    """The top of the tree: what repeats side by side (like kinds, settings, shapes and wiring) stands
    once, with its turns."""
    return _level(trace.layers, "", {row.name: at for at, row in enumerate(trace.layers)})


def unfold(tree: tuple[Fold, ...]) -> tuple[LayerRecord, ...]:
    """The rows of the tree, as the trace holds them."""
    return tuple(row for part in tree for row in part.rows())


def _level(rows: tuple[LayerRecord, ...], path: str, order: dict[str, int]) -> tuple[Fold, ...]:
    parts: list[Fold] = []
    begin = 0
    while begin < len(rows):
        inner = _child(rows[begin].block, path)
        if inner is None:
            parts.append(Fold("row", rows[begin].name, record=rows[begin]))
            begin += 1
            continue
        end = begin
        while end < len(rows) and _child(rows[end].block, path) == inner:
            end += 1
        parts.append(Fold("block", inner, _level(rows[begin:end], inner, order)))
        begin = end
    return tuple(_repeats(parts, order))


def _child(block: str, path: str) -> str | None:
    """The block directly below `path` that holds a row of `block`; None where it stands in `path` itself."""
    if block == path:
        return None
    prefix = f"{path}." if path else ""
    return prefix + block.removeprefix(prefix).partition(".")[0]


def _repeats(parts: list[Fold], order: dict[str, int]) -> Iterator[Fold]:
    marks = [_signature(part, order) for part in parts]
    at = 0
    while at < len(parts):
        best, turns = 1, 1
        for period in range(1, min(LONGEST_PERIOD, (len(parts) - at) // 2) + 1):
            count = 1
            while marks[at : at + period] == marks[at + count * period : at + (count + 1) * period]:
                count += 1
            if count > 1 and count * period > best * turns:
                best, turns = period, count
        if turns == 1:
            yield parts[at]
        else:
            groups = tuple(tuple(parts[at + turn * best : at + (turn + 1) * best]) for turn in range(turns))
            yield Fold("repeat", parts[at].path, groups[0], turns=groups)
        at += best * turns


def _signature(part: Fold, order: dict[str, int]) -> Any:
    """What a part computes and how it is wired; alike for parts that could stand in a chain, each
    reading the one before."""
    rows = list(part.rows())
    first = order[rows[0].name]
    told = []
    for row in rows:
        sources = [order.get(name, -1) - first for name in row.inputs]
        wires = tuple(back if back >= -1 else ("elsewhere", first) for back in sources)
        told.append(
            (
                row.kind,
                row.operation,
                tuple(sorted(map(repr, row.settings.items()))),
                row.input_shapes,
                row.shape,
                row.param_shapes,
                wires,
            )
        )
    return tuple(told)
