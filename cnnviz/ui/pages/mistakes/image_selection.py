"""Where the reader is on the trail: the cell, the order, the piece of the list and the image; all of it in the URL."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.text import Text
from cnnviz.train.predictions import IMAGE_ORDERS, Predictions, select_images
from cnnviz.ui.core import url_state
from cnnviz.ui.core.choice_widget import pick_one

PAGE_SIZE = 16
"""Images that are shown at a time."""
LARGEST = 10_000_000
ANY = -1
"""Every row, or every column: a menu takes None for nothing chosen."""


@dataclass(frozen=True, slots=True)
class ImageSelection:
    """What is listed, in order, and which image is looked at closely."""

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
        """How many pieces the list has."""
        return max(1, -(-len(self.numbers) // PAGE_SIZE))


def select(answers: Predictions, rows: list[str], columns: list[str], t: Text) -> ImageSelection:
    """The filters as menus, beside which a click in the counts does the same."""
    kind = "several" if answers.several else "single"
    first, second = st.columns(2)
    with first:
        row = _filter("true", rows, t(f"filter.{kind}.row"), t)
    with second:
        column = _filter("pred", columns, t(f"filter.{kind}.column"), t)
    views = tuple(IMAGE_ORDERS)
    view = pick_one("show", t("view.label"), views, lambda view: t(f"view.{view}"), on_change=_show_first_piece)
    numbers = tuple(select_images(answers, view, row, column))
    last = max(0, -(-len(numbers) // PAGE_SIZE) - 1)
    piece = min(url_state.seed("part", 0, url_state.whole(0, LARGEST)), last)
    url_state.put("part", url_state.keep("part", piece, 0))
    wanted = url_state.seed("at", None, url_state.whole(0, LARGEST))
    image = wanted if wanted in numbers else next(iter(numbers[PAGE_SIZE * piece :]), None)
    url_state.keep("at", image if wanted is not None else None, None)
    return ImageSelection(row, column, numbers, piece, image)


def toggle_cell(row: int, column: int) -> None:
    """Move to a cell of the counts; a click on the chosen one takes the filter off."""
    if (st.session_state.get("true"), st.session_state.get("pred")) == (row, column):
        row = column = ANY
    show_cell(row, column)


def show_cell(row: int, column: int) -> None:
    """Move to a cell of the counts."""
    url_state.put("true", row)
    url_state.put("pred", column)
    _show_first_piece()


def show_image(image: int | None) -> None:
    """Look at one image closely."""
    url_state.put("at", image)


def show_piece(piece: int) -> None:
    """Move to another piece of the list."""
    url_state.put("part", piece)
    url_state.put("at", None)


def _show_first_piece() -> None:
    show_piece(0)


def _filter(key: str, names: list[str], label: str, t: Text) -> int | None:
    choices = (ANY, *range(len(names)))
    url_state.seed(key, ANY, url_state.one_of(choices))
    if st.session_state[key] not in choices:  # of a network with more classes
        st.session_state[key] = ANY
    value = st.selectbox(
        label,
        choices,
        key=key,
        on_change=_show_first_piece,
        format_func=lambda index: t("filter.any") if index == ANY else names[index],
    )
    return None if url_state.keep(key, value, ANY) == ANY else value
