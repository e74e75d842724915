"""The blocks of a trace as a tree, runs of equal neighbours folded into one block with ×N."""

from dataclasses import dataclass, field
from typing import Any

from cnnviz.trace.record import LayerRecord, Trace

MIN_REPEATS = 3
"""Equal neighbours that are folded."""


@dataclass(eq=False)
class FoldedBlock:
    """A block of the model, or a fold of `times` equal blocks."""

    path: str
    """Dotted; of a fold, that of the first block and the name of the last: "stage1.block2…block4"."""
    label: str
    """The last part of the path."""
    parent: "FoldedBlock | None"
    times: int = 1
    rows: list[LayerRecord] = field(default_factory=list)
    """Every row inside, in order of execution."""
    blocks: list["FoldedBlock"] = field(default_factory=list)
    """The blocks directly inside."""

    @property
    def structure(self) -> tuple[str, ...]:
        """The kinds of its rows, by their place in the block."""
        return tuple(f"{row.name[len(self.path) :]} {row.kind}" for row in self.rows)

    @property
    def form(self) -> tuple[Any, ...]:
        """A key that equal blocks share; inside a block their widths may grow, as a dense block's do."""
        size = sum(row.num_params for row in self.rows)
        return (self.structure, *(() if self.parent else (size, self.rows[-1].shape)))


def fold_blocks(trace: Trace) -> list[FoldedBlock]:
    """Return every block, outer ones first; a run of equal ones stands below a fold of their own."""
    found: dict[str, FoldedBlock] = {}
    for row in trace.layers:
        around: FoldedBlock | None = None
        parts = row.block.split(".") if row.block else []
        for depth, label in enumerate(parts, start=1):
            path = ".".join(parts[:depth])
            if path not in found:
                found[path] = FoldedBlock(path, label, around)
                if around:
                    around.blocks.append(found[path])
            around = found[path]
            around.rows.append(row)
    ordered: list[FoldedBlock] = []
    order = {row.name: index for index, row in enumerate(trace.layers)}
    _outline([block for block in found.values() if block.parent is None], ordered, order)
    return ordered


def _outline(siblings: list[FoldedBlock], ordered: list[FoldedBlock], order: dict[str, int]) -> None:
    for run in _runs(siblings, order):
        if len(run) >= MIN_REPEATS:
            first, last = run[0], run[-1]
            fold = FoldedBlock(
                f"{first.path}…{last.label}",
                f"{first.label}…{last.label}",
                first.parent,
                len(run),
                [row for block in run for row in block.rows],
                list(run),
            )
            ordered.append(fold)
            for block in run:
                block.parent = fold
        for block in run:
            ordered.append(block)
            _outline(block.blocks, ordered, order)


def _runs(siblings: list[FoldedBlock], order: dict[str, int]) -> list[list[FoldedBlock]]:
    """Return neighbours of one form with nothing between them."""
    runs: list[list[FoldedBlock]] = []
    for block in siblings:
        before = runs[-1][-1] if runs else None
        if before and before.form == block.form and order[block.rows[0].name] == order[before.rows[-1].name] + 1:
            runs[-1].append(block)
        else:
            runs.append([block])
    return runs
