"""The board on a page: registered once, drawn for any tab; hovering and stepping cost no run of the script."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.text import Text
from cnnviz.ui.bench.board import Board, Grid
from cnnviz.ui.bench.numbers import LARGEST
from cnnviz.ui.bench.payload import pack
from cnnviz.ui.canvas import source
from cnnviz.ui.code import component

_HERE = Path(__file__).parent
_SHARED = ("numbers", "colour", "dom")
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
_OWN = ("grid", "links", "plane", "arithmetic", "editor", "player", "board")


def script() -> str:
    """The component as one module: number, colour and element helpers of the canvas, then its own files."""
    shared = [source.enclosed(name, source.read(name)) for name in _SHARED]
    own = [source.enclosed(name, (_HERE / "js" / f"{name}.js").read_text(encoding="utf-8")) for name in _OWN]
    return "\n".join([*shared, *own])


board_component = component("cnnviz_board", js=script(), css=(_HERE / "board.css").read_text(encoding="utf-8"))


def draw_board(board: Board, t: Text, key: str, on_edit: Callable[[Grid, int, float], None]) -> None:
    """Draw `board`; `on_edit` is told the grid, the place in its flattened numbers and the new number."""
    words = {name: t(f"board.{name}") for name in _WORDS}

    def edited() -> None:
        told = (st.session_state.get(key) or {}).get("edit")
        if not isinstance(told, dict):
            return
        grid = next((grid for grid in board.grids if grid.edits and grid.name == told.get("grid")), None)
        place: Any = told.get("place")
        value: Any = told.get("value")
        good = isinstance(place, int) and isinstance(value, int | float) and abs(value) <= LARGEST
        if grid is not None and good and 0 <= place < grid.values.numel():
            on_edit(grid, place, float(value))

    board_component(key=key, data={**pack(board, t), "words": words, "language": t.language}, on_edit_change=edited)
