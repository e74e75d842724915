"""The lesson on paper: a handout to print, and one real number of its network as a spreadsheet, made at the click."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnviz.lessons.lesson import Lesson
from cnnviz.text import Text

_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def draw_paper(lesson: Lesson, seed: int, t: Text) -> None:
    """Draw the menu of both files; the handout has the numbers of the screens."""
    with st.popover(t("paper.title"), icon=":material/print:", key="lesson.paper"):
        st.caption(t("paper.text"))
        for name, make, kind in (
            ("html", partial(_handout, lesson, t.language, seed), "text/html"),
            ("xlsx", partial(_spreadsheet, lesson, t.language), _SHEET),
        ):
            st.download_button(
                t(f"paper.{name}"),
                make,
                f"cnnviz-{lesson.name}.{name}",
                kind,
                key=f"lesson.{name}",
                icon=":material/download:",
                on_click="ignore",
            )


def _handout(lesson: Lesson, language: str, seed: int) -> bytes:
    from cnnviz.lessons.paper.handout import to_html

    return to_html(lesson, language, seed).encode("utf-8")


def _spreadsheet(lesson: Lesson, language: str) -> bytes:
    from cnnviz.lessons.paper.number_sheet import lesson_sheet
    from cnnviz.lessons.paper.spreadsheet import to_xlsx

    sheet = lesson_sheet(lesson)
    assert sheet is not None  # every lesson has one
    return to_xlsx(sheet, language)
