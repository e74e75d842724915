"""The counts: labels against predictions, or the four outcomes of each class."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.text import Text
from cnnviz.train.confusion import most_confused_pairs
from cnnviz.train.predictions import Predictions
from cnnviz.ui.components.figure import page_object
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.mistakes import component, image_selection
from cnnviz.ui.pages.mistakes.image_selection import ImageSelection

MOST_TIED = 3
"""Pairs of classes that are named where several are confused equally often."""


def draw(
    answers: Predictions, here: ImageSelection, rows: list[str], columns: list[str], caption: str, t: Text
) -> None:
    """Draw the most confused classes, and the table of counts, each a button that leads to its images; `caption` stands
    in its figure."""
    if not answers.several:
        _draw_most_confused(answers, rows, t)
    with page_object("counts", t, caption=caption):
        component.draw_matrix(payload(answers, here, rows, columns, t), "counts", image_selection.toggle_cell)


def payload(answers: Predictions, here: ImageSelection, rows: list[str], columns: list[str], t: Text) -> dict[str, Any]:
    """Return the browser's data; `share`, in [0, 1], is of the row for right counts, of the largest for wrong ones."""
    kind = "several" if answers.several else "single"
    table = answers.confusion().tolist()
    wrong = [count for y, line in enumerate(table) for x, count in enumerate(line) if not _is_right(answers, y, x)]
    largest = max(1, *wrong)
    counts = []
    for y, line in enumerate(table):
        total = max(1, sum(line))
        counts.append(
            [
                {
                    "count": count,
                    "share": count / (total if _is_right(answers, y, x) else largest),
                    "right": _is_right(answers, y, x),
                    "label": t(f"cell.{kind}", row=rows[y], column=columns[x], count=count),
                }
                for x, count in enumerate(line)
            ]
        )
    return {
        "rows": rows,
        "columns": columns,
        "counts": counts,
        "words": {"caption": t(f"counts.{kind}")},
        "chosen": None if here.row is None or here.column is None else [here.row, here.column],
    }


def _is_right(answers: Predictions, row: int, column: int) -> bool:
    return column in (0, 3) if answers.several else column == row


def _draw_most_confused(answers: Predictions, names: list[str], t: Text) -> None:
    """Draw the cell that is confused most, as a way to its images."""
    found = most_confused_pairs(answers.confusion().tolist())
    if not found or found[0].count == 1:
        st.markdown(t("most.single" if found else "most.none"))
        return
    for one in found[:MOST_TIED]:
        words = {"true": escape_markdown(names[one.true]), "given": escape_markdown(names[one.predicted])}
        st.button(
            t("most.first" if one is found[0] else "most.tied", count=one.count, total=one.total, **words),
            key=f"most.{one.true}.{one.predicted}",
            type="tertiary",
            icon=":material/search:",
            on_click=image_selection.show_cell,
            args=(one.true, one.predicted),
        )
    if len(found) > MOST_TIED:
        st.caption(t("most.more", more=len(found) - MOST_TIED))
