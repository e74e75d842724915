"""Shared parts of the elementwise tabs."""

from collections.abc import Callable, Iterable, Mapping

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ui.pages.operations.board import CellFormula, FormulaLink

MOST = 1500


def elementwise_link(target: str, source: str, x: Tensor, tell: Callable[[int, float], str]) -> FormulaLink:
    """Return the link of every number of `target` to the one at the same place of `source`.

    Raises:
        UserError: `operations_large`.
    """
    check_count(x)
    return FormulaLink(
        target,
        tuple(CellFormula(((source, place),), (tell(place, float(value)),)) for place, value in enumerate(x.flatten())),
    )


Source = tuple[Iterable[tuple[str, int]], Iterable[str]]
"""What a cell reads, as (grid, place), and the lines that say how."""


def formula_link(target: str, cells: Iterable[Source]) -> FormulaLink:
    """Return a link from (reads, lines) pairs in the order of the grid."""
    return FormulaLink(target, tuple(CellFormula(tuple(reads), tuple(lines)) for reads, lines in cells))


def check_count(x: Tensor) -> None:
    """Raise unless every number of `x` can be described.

    Raises:
        UserError: `operations_large`.
    """
    if x.numel() > MOST:
        raise UserError("operations_large", got=f"{x.numel():,}", limit=f"{MOST:,}")


def python_source(imports: Iterable[str], values: Mapping[str, str], *rest: str) -> str:
    """Return Python text: imports, a blank line, assignments, and the rest."""
    return "\n".join([*imports, "", *(f"{name} = {value}" for name, value in values.items()), *rest])
