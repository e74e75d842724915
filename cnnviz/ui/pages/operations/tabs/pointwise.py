"""What tabs that work number by number share."""

from collections.abc import Callable, Iterable, Mapping

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ui.pages.operations.board import Cell, CellLink

MOST = 1500


def each(target: str, source: str, x: Tensor, tell: Callable[[int, float], str]) -> CellLink:
    """Every number of `target` from the one at the same place of `source`.

    Raises:
        UserError: `bench_large`.
    """
    check_few(x)
    return CellLink(
        target, tuple(Cell(((source, place),), (tell(place, float(value)),)) for place, value in enumerate(x.flatten()))
    )


Source = tuple[Iterable[tuple[str, int]], Iterable[str]]
"""What a cell reads, as (grid, place), and the lines that say how."""


def told(target: str, cells: Iterable[Source]) -> CellLink:
    """A link from (reads, lines) pairs in the order of the grid."""
    return CellLink(target, tuple(Cell(tuple(reads), tuple(lines)) for reads, lines in cells))


def check_few(x: Tensor) -> None:
    """Nothing, where every number of `x` can be told.

    Raises:
        UserError: `bench_large`.
    """
    if x.numel() > MOST:
        raise UserError("bench_large", got=f"{x.numel():,}", limit=f"{MOST:,}")


def lines_of(imports: Iterable[str], values: Mapping[str, str], *rest: str) -> str:
    """Python text: imports, a blank line, assignments, and the rest."""
    return "\n".join([*imports, "", *(f"{name} = {value}" for name, value in values.items()), *rest])
