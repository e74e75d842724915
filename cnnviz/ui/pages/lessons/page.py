"""The page from top to bottom: the list of lessons, one screen of a lesson, or practice."""

from __future__ import annotations

import streamlit as st

from cnnviz.lessons.table import find_lesson, lessons
from cnnviz.text import Text
from cnnviz.ui.core import shell, url
from cnnviz.ui.core.url_state import note_wrong
from cnnviz.ui.pages.lessons import lesson_list, lesson_view, practice, progress_store, reading_place
from cnnviz.ui.pages.lessons.links import ITEM, LESSON, MODE, PRACTICE, STEP


def draw_page(t: Text) -> None:
    """Draw what the link names."""
    name, kind = _known_lesson(), url.value(PRACTICE)
    seed, mode = url.value(ITEM), url.value(MODE)
    step = url.value(STEP)
    notes = st.container()
    if name:
        lesson_view.draw_lesson(find_lesson(name), step, seed, mode, t)
    elif kind:
        practice.draw_practice(seed, t)
    else:
        lesson_list.draw_list(t)
    url.keep(LESSON, name)
    url.keep(PRACTICE, url.value(PRACTICE))
    url.keep(ITEM, url.value(ITEM))
    url.keep(STEP, url.value(STEP) if name else STEP.default)
    url.keep(MODE, url.value(MODE))
    with notes:
        shell.draw_link_warnings()
    progress_store.mount()
    reading_place.mount()


def _known_lesson() -> str:
    """Return the lesson of the link; "" for none, with a note where it names one that there is not."""
    name = url.value(LESSON)
    if name and name not in lessons():
        note_wrong(LESSON.name, name)
        url.put(LESSON, "")
        return ""
    return name
