"""The tiles of the film strip: the rows around the one that is shown, every other block as one tile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from cnnviz.trace.record import LayerRecord


@dataclass(frozen=True, slots=True)
class Tile:
    """One row of the trace, or a closed block of rows."""

    first: LayerRecord
    """The row that a click shows."""
    last: LayerRecord
    """The row whose output is the picture."""
    block: str
    """The path of the closed block; "" for a row by itself."""
    rows: int
    """How many rows stand behind it."""

    @property
    def label(self) -> str:
        """Its name without those of the blocks around it."""
        path = self.block or self.first.name
        around = path.rpartition(".")[0] if self.block else self.first.block
        return path.removeprefix(f"{around}.") if around else path


def tiles(rows: Sequence[LayerRecord], shown: str) -> list[Tile]:
    """Return the tiles of a network in order while row `shown` is on the screen: the blocks around that row stand open,
    all others are closed."""
    around = next((row.block for row in rows if row.name == shown), "")

    def unit(row: LayerRecord) -> tuple[str, str]:
        parts = row.block.split(".") if row.block else []
        for depth in range(1, len(parts) + 1):
            path = ".".join(parts[:depth])
            if path != around and not around.startswith(f"{path}."):
                return path, ""
        return "", row.name

    found = []
    for (block, _), members in groupby(rows, unit):
        inside = list(members)
        found.append(Tile(inside[0], inside[-1], block, len(inside)))
    return found
