"""The list of lessons, with what each takes and where the student stands."""

from __future__ import annotations

import streamlit as st

from cnnviz.lessons.lesson import Lesson, in_language
from cnnviz.lessons.progress import Progress, furthest
from cnnviz.lessons.questions.misconceptions import MISCONCEPTIONS
from cnnviz.lessons.table import lessons
from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.pages.lessons import progress_store
from cnnviz.ui.pages.lessons.links import LESSON, MIXED, PRACTICE, STEP

COLUMNS = 4
MOST_MET = 5
"""Misconceptions that are named."""


def draw_list(t: Text) -> None:
    """Draw title, lessons, the way to practice, and the file of the progress."""
    progress = progress_store.current()
    st.title(t("title"))
    st.markdown(t("lead"))
    with st.container(horizontal=True):
        st.button(t("practice.open"), icon=":material/fitness_center:", on_click=url.put, args=(PRACTICE, MIXED))
        progress_store.draw_file(t)
    shown = list(lessons().values())
    first = next((lesson for lesson in shown if not _is_finished(lesson, progress)), None)
    with st.container(key="entries"):
        for place in range(0, len(shown), COLUMNS):
            for column, lesson in zip(st.columns(COLUMNS), shown[place : place + COLUMNS], strict=False):
                with column.container(border=True, height="stretch", vertical_alignment="distribute"):
                    _draw_entry(lesson, progress, lesson is first, t)
    draw_met(progress, t)


def _draw_entry(lesson: Lesson, progress: Progress, is_next: bool, t: Text) -> None:
    done, count = progress.done(lesson), sum(screen.kind in ("before", "step", "after") for screen in lesson.screens)
    finished = _is_finished(lesson, progress)
    title = t("entry", place=lesson.place, title=in_language(lesson.title, t.language))
    st.markdown(f"#### {title}")
    stand = t("stand.finished") if finished else t("stand.begun", done=done, count=count) if done else t("stand.new")
    label = t("again" if finished else "go_on" if done else "start")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        with st.container(width="content"):
            st.caption(t("facts", minutes=lesson.minutes, stand=stand))
        st.button(
            label,
            key=f"open.{lesson.name}",
            type="primary" if is_next else "secondary",
            help=title,
            on_click=_open,
            args=(lesson.name, 1 if finished else furthest(lesson, progress)),
        )


def _is_finished(lesson: Lesson, progress: Progress) -> bool:
    return progress.answer(lesson.name, len(lesson.screens) - 1) is not None


def draw_met(progress: Progress, t: Text) -> None:
    """Draw the misconceptions met so far, the most frequent first."""
    met = sorted(progress.met.items(), key=lambda pair: -pair[1])[:MOST_MET]
    if met:
        lines = [t("met.line", idea=MISCONCEPTIONS[name].describe(t.language), count=count) for name, count in met]
        st.markdown(f"**{t('met.title')}**\n\n" + "\n".join(f"- {line}" for line in lines))


def _open(name: str, step: int) -> None:
    url.put(LESSON, name)
    url.put(STEP, step)
