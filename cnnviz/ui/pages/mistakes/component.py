"""The counts as buttons in the browser, reachable by keyboard; a click is one run of the script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cnnviz.ui.core.component_files import component
from cnnviz.ui.core.component_value import component_value, is_whole_below

_matrix = component("cnnviz_confusion", "pages/mistakes/js/matrix.js", "pages/mistakes/mistakes.css")


def draw_matrix(data: Mapping[str, Any], key: str, on_cell: Callable[[int, int], None]) -> None:
    """Draw the counts; `on_cell` gets the row and the column of the cell that the user selected."""
    height, width = len(data["rows"]), len(data["columns"])

    def chosen() -> None:
        cell = component_value(key, "cell")
        row, column = cell.get("row"), cell.get("column")
        if is_whole_below(row, height) and is_whole_below(column, width):
            on_cell(row, column)

    _matrix(key=key, data=dict(data), on_cell_change=chosen)
