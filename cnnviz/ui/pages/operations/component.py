"""Draw the board of any tab; hovering and stepping are no runs of the script."""

from collections.abc import Callable

from cnnviz.text import Text
from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value, is_whole_below
from cnnviz.ui.pages.operations.board import Board
from cnnviz.ui.pages.operations.number_text import LARGEST
from cnnviz.ui.pages.operations.payload import pack

_WORDS = (
    "window",
    "kernel",
    "products",
    "bias",
    "more",
    "edit",
    "not_a_number",
    "hint",
    "where",
    "where_plane",
    "padding",
    "reaches",
    "previous",
    "next",
    "play",
    "pause",
    "slide",
)
board_component = component("cnnviz_board", "pages/operations/js/main.js", "pages/operations/board.css")


def draw_board(board: Board, t: Text, key: str, on_edit: Callable[[str, int, float], None]) -> None:
    """Draw `board`; `on_edit` gets the grid's name, the place in its flattened numbers and the new number."""
    words = {name: t(f"board.{name}") for name in _WORDS}

    sizes = {grid.name: grid.values.numel() for grid in board.grids if grid.edits}

    def edited() -> None:
        edit = component_value(key, "edit")
        name, place, value = str(edit.get("grid")), edit.get("place"), edit.get("value")
        if not isinstance(value, int | float) or not abs(value) <= LARGEST:  # also no NaN
            return
        if name in sizes and is_whole_below(place, sizes[name]):
            on_edit(name, place, float(value))

    board_component(key=key, data={**pack(board, t), "words": words, "language": t.language}, on_edit_change=edited)
