"""A board as it travels to the browser: plain JSON, numbers in base64."""

import base64
from typing import Any

import numpy as np
from torch import Tensor

from cnnviz.ops.window import WindowAxis
from cnnviz.text import Text
from cnnviz.ui.pages.operations.board import Board, FormulaLink, Grid, WindowLink

EXACT = 4096
"""A grid of more numbers is sent as bytes where they are whole, and as float32 otherwise."""


def pack(board: Board, t: Text) -> dict[str, Any]:
    """Return the header of `board` in the language of `t`."""
    return {
        "grids": [_grid(grid, board, t) for grid in board.grids],
        "main": board.main,
        "links": [_PACKERS[type(link)](link, board) for link in board.links],
    }


def _grid(grid: Grid, board: Board, t: Text) -> dict[str, Any]:
    planes, height, width = grid.values.shape
    links = [link for link in board.links if isinstance(link, WindowLink) and link.source == grid.name]
    around = [
        max((amount(link) for link in links), default=0)
        for amount in (
            lambda link: link.rows.before,
            lambda link: link.columns.before,
            lambda link: link.rows.after,
            lambda link: link.columns.after,
        )
    ]
    pads = [link for link in links if link.how in _EMPTY]
    return {
        "name": grid.name,
        "title": t(f"grid.{grid.title or grid.name}"),
        "planes": planes,
        "height": height,
        "width": width,
        "around": around,
        "mode": links[0].mode if links else "zeros",
        "empty": _EMPTY[pads[0].how] if pads else 0,
        "edits": grid.edits,
        "labels": _labels(grid, planes, t),
        "shape": "×".join(map(str, _shape(grid))),
        "photo": grid.name == "input" and "image" in board.given,
        "data": numbers(grid.values),
    }


def _shape(grid: Grid) -> tuple[int, ...]:
    planes, height, width = grid.values.shape
    if grid.per:
        return planes // grid.per, grid.per, height, width
    return (planes, height, width) if planes > 1 else (height, width)


def _labels(grid: Grid, planes: int, t: Text) -> list[str]:
    if planes == 1 or not grid.planes:
        return [""] * planes
    if grid.per:
        return [t(f"plane.{grid.planes}", filter=plane // grid.per, number=plane % grid.per) for plane in range(planes)]
    return [t(f"plane.{grid.planes}", number=plane) for plane in range(planes)]


_EMPTY = {"max": "low", "min": "high"}
"""What the padding of a pool holds; 0 elsewhere."""


def _window(link: WindowLink, board: Board) -> dict[str, Any]:
    source, target = board.grid(link.source).values, board.grid(link.target).values
    return {
        "kind": "window",
        "source": link.source,
        "target": link.target,
        "kernel": link.kernel,
        "how": link.how,
        "groups": link.groups,
        "mode": link.mode,
        "bias": list(link.bias),
        "rows": _axis(link.rows, source.shape[1], target.shape[1]),
        "columns": _axis(link.columns, source.shape[2], target.shape[2]),
        "divisors": None if link.divisors is None else link.divisors.flatten().tolist(),
    }


def _axis(axis: WindowAxis, length: int, units: int) -> dict[str, int]:
    return {
        "taps": axis.kernel,
        "stride": axis.stride,
        "before": axis.before,
        "dilation": axis.dilation,
        "length": length,
        "units": units,
    }


def _cells(link: FormulaLink, board: Board) -> dict[str, Any]:
    names = [grid.name for grid in board.grids]
    return {
        "kind": "cells",
        "target": link.target,
        "lines": [cell.lines for cell in link.cells],
        "reads": [
            [number for name, place in dict.fromkeys(cell.reads) for number in (names.index(name), place)]
            for cell in link.cells
        ],
    }


_PACKERS: dict[type, Any] = {WindowLink: _window, FormulaLink: _cells}


def numbers(values: Tensor) -> dict[str, str]:
    """Return the numbers as little-endian bytes in base64, with their type."""
    array = values.numpy()
    kind = "<f8"
    if array.size > EXACT:
        whole = array.min() >= 0 and array.max() <= 255 and np.array_equal(array, np.rint(array))
        kind = "u1" if whole else "<f4"
    return {"type": kind, "bytes": base64.b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode()}
