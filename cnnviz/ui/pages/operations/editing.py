"""Edits by the user: a number typed over on the board, and another source of the input."""

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.options import Choice, Option
from cnnviz.ui.pages.operations.board import Board, Grid, Tab
from cnnviz.ui.pages.operations.number_text import format_numbers
from cnnviz.ui.pages.operations.tab_options import TYPED, depth_of, source_of


def edited_settings(
    tab: Tab, board: Board, held: Mapping[str, Any], grid: Grid, place: int, value: float
) -> dict[str, Any]:
    """Return the settings that change when `value` is typed at `place` of `grid`.

    Random numbers and pixels become the reader's own: their source then says `numbers`, and whatever else came from
    that source is written down as it stands.
    """
    settings = {setting.name: setting for setting in tab.settings}
    source = source_of(settings[grid.edits])
    changed: dict[str, Any] = {source: TYPED} if source else {}
    made = bool(source) and held[source] != TYPED
    for other in board.grids:
        if other is grid or (made and other.edits and source_of(settings[other.edits]) == source):
            whole = other.whole if other.whole is not None else _shaped(other, depth_of(settings[other.edits]))
            numbers = whole.clone().contiguous()
            if other is grid:
                numbers.view(-1)[grid.first + place] = value
            changed[other.edits] = format_numbers(numbers)
    return changed


def fitting_settings(tab: Tab, held: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Return the settings that let a new choice of `source` work at once: random weights of the right shape where the
    typed ones no longer fit the input; nothing where all is well, or where that does not help."""
    if _works(tab, held):
        return {}
    for other in _sources(tab):
        changed = {other.name: "random"}
        if other.name != source and _works(tab, {**held, **changed}):
            return changed
    return {}


def _sources(tab: Tab) -> Iterator[Option]:
    """Yield the settings that say where numbers come from."""
    names = {source_of(option) for option in tab.settings}
    return (setting for setting in tab.settings if setting.name in names and isinstance(setting.kind, Choice))


def _works(tab: Tab, held: Mapping[str, Any]) -> bool:
    try:
        tab.compute(tab.values(held))
    except UserError:
        return False
    return True


def _shaped(grid: Grid, depth: int) -> Tensor:
    """Return the numbers of `grid` in as many axes as the setting has."""
    if depth == 4:
        return grid.values.unflatten(0, (-1, grid.per or 1))
    if depth == 3:
        return grid.values
    return grid.values.reshape(-1, grid.per or grid.values.shape[-1]) if depth == 2 else grid.values.flatten()
