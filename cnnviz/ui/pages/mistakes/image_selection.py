"""The selection of images, all in the URL: the cell, the order, the part of the list and the image."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.text import Text
from cnnviz.train.predictions import Predictions, select_images
from cnnviz.ui.core import url
from cnnviz.ui.core.url import Param
from cnnviz.ui.pages.mistakes.links import ANY, IMAGE, PART, PREDICTED, SHOW, TRUE

PAGE_SIZE = 16
"""Images that are shown at a time."""


@dataclass(frozen=True, slots=True)
class ImageSelection:
    """The listed images in order, and the one shown in detail."""

    row: int | None
    column: int | None
    numbers: tuple[int, ...]
    piece: int
    image: int | None
    """One of `numbers`; None where there is none."""

    @property
    def shown(self) -> tuple[int, ...]:
        """The numbers of the images of this piece."""
        return self.numbers[PAGE_SIZE * self.piece : PAGE_SIZE * (self.piece + 1)]

    @property
    def pieces(self) -> int:
        """Return how many pieces the list has."""
        return max(1, -(-len(self.numbers) // PAGE_SIZE))


def select(answers: Predictions, rows: list[str], columns: list[str], t: Text) -> ImageSelection:
    """Draw the filters as menus, beside which a click in the counts does the same; return the selection."""
    kind = "several" if answers.several else "single"
    first, second = st.columns(2)
    with first:
        row = _filter(TRUE, rows, t(f"filter.{kind}.row"), t)
    with second:
        column = _filter(PREDICTED, columns, t(f"filter.{kind}.column"), t)
    view = url.select(
        SHOW, t("view.label"), lambda view: t(f"view.{view}"), style="segments", on_change=_show_first_piece
    )
    numbers = tuple(select_images(answers, view, row, column))
    last = max(0, -(-len(numbers) // PAGE_SIZE) - 1)
    piece = min(url.value(PART), last)
    url.put(PART, url.keep(PART, piece))
    wanted = url.value(IMAGE)
    image = wanted if wanted in numbers else next(iter(numbers[PAGE_SIZE * piece :]), None)
    url.keep(IMAGE, image if wanted is not None else None)
    return ImageSelection(row, column, numbers, piece, image)


def toggle_cell(row: int, column: int) -> None:
    """Move to a cell of the counts; a click on the chosen one takes the filter off."""
    if (st.session_state.get("true"), st.session_state.get("pred")) == (row, column):
        row = column = ANY
    show_cell(row, column)


def show_cell(row: int, column: int) -> None:
    """Move to a cell of the counts."""
    url.put(TRUE, row)
    url.put(PREDICTED, column)
    _show_first_piece()


def show_image(image: int | None) -> None:
    """Show one image in detail."""
    url.put(IMAGE, image)


def show_piece(piece: int) -> None:
    """Move to another piece of the list."""
    url.put(PART, piece)
    url.put(IMAGE, None)


def _show_first_piece() -> None:
    show_piece(0)


def _filter(param: Param[int], names: list[str], label: str, t: Text) -> int | None:
    value = url.select(
        param.among((ANY, *range(len(names)))),
        label,
        lambda index: t("filter.any") if index == ANY else names[index],
        on_change=_show_first_piece,
    )
    return None if value == ANY else value
