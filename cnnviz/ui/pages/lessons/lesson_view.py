"""One screen of a lesson: a bar of its steps, then one picture and one question."""

from __future__ import annotations

import streamlit as st

from cnnviz.lessons.lesson import Lesson, Screen, in_language
from cnnviz.lessons.progress import Progress, next_screen
from cnnviz.text import Text
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.pages.lessons import lesson_end, lesson_question, paper_downloads, progress_store, reading_place
from cnnviz.ui.pages.lessons.links import ITEM, LARGEST_ITEM, LESSON, MODE, STEP


def draw_lesson(lesson: Lesson, step: int, seed: int, mode: str, t: Text) -> None:
    """Draw the screen `step` of a lesson, counted from 1; a later one than the last is the last."""
    place = min(step, len(lesson.screens))
    if place != step:
        url.put(STEP, place)
    progress = progress_store.current()
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson_head"):
        st.button(t("list"), key="lesson.list", icon=":material/arrow_back:", type="tertiary", on_click=leave)
        st.title(escape_markdown(in_language(lesson.title, t.language)), anchor=False, width="content")
        url.select(MODE, t("mode.label"), lambda one: t(f"mode.{one}"), style="segments", label_visibility="collapsed")
        if mode == "free":
            st.button(
                t("another"), key="lesson.another", icon=":material/refresh:", on_click=_draw_another, args=(seed,)
            )
        paper_downloads.draw_paper(lesson, seed, t)
    _draw_bar(lesson, place, seed, mode, progress, t)
    screen = lesson.screens[place - 1]
    key = f"{lesson.name}.{place}.{seed}"
    if screen.kind == "end":
        lesson_end.draw_end(lesson, seed, key, t)
    elif screen.kind == "why":
        _draw_why(lesson, place, key, t)
    else:
        lesson_question.draw_question(lesson, place, seed, key, t)


def leave() -> None:
    """Return to the list."""
    url.put(LESSON, "")
    url.put(STEP, 1)
    url.put(ITEM, 0)


def go_to_screen(place: int) -> None:
    """Show another screen of the lesson."""
    url.put(STEP, place)


def _draw_bar(lesson: Lesson, place: int, seed: int, mode: str, progress: Progress, t: Text) -> None:
    """Draw a button for each screen; in guided mode those that have been reached can be pressed."""
    reached = max([place, *(at for at in progress.answers.get(lesson.name, {}))])
    with st.container(horizontal=True, gap="small", key="lesson_bar"):
        for at, screen in enumerate(lesson.screens, 1):
            answer = progress.answer(lesson.name, at)
            mark = "" if answer is None or answer.response is None or screen.kind == "before" else _mark(answer.right)
            st.button(
                f"{at}{mark}",
                key=f"bar.{at}",
                type="primary" if at == place else "secondary",
                disabled=mode == "guided" and at > min(reached + 1, len(lesson.screens)),
                help=_name(screen, at, t),
                on_click=go_to_screen,
                args=(at,),
            )


def _mark(right: bool) -> str:
    return " ✓" if right else " ✗"


def _name(screen: Screen, place: int, t: Text) -> str:
    return t("bar.step", place=place) if screen.kind == "step" else t(f"bar.{screen.kind}")


def _draw_another(seed: int) -> None:
    url.put(ITEM, (seed + 1) % (LARGEST_ITEM + 1))


def _draw_why(lesson: Lesson, place: int, key: str, t: Text) -> None:
    """Draw the question to answer in one's own words, then an answer to compare with; nothing is graded or kept."""
    assert lesson.why is not None
    ask, answer = (in_language(words, t.language) for words in lesson.why)
    with st.container(key=f"{key}.question"):
        st.header(ask, anchor=False)
    reading_place.put(key)
    st.text_area(t("why.label"), key=f"{key}.why", max_chars=600, help=t("why.help"))
    if st.session_state.get(f"{key}.compared"):
        with st.container(border=True, key=f"{key}.sample"):
            st.caption(t("why.model"))
            st.markdown(answer)
        reading_place.put(key, f"{key}.sample", answer)
        st.button(
            t("next"),
            key=f"{key}.next",
            type="primary",
            on_click=go_to_screen,
            args=(next_screen(lesson, place, progress_store.current()),),
        )
    else:
        st.button(t("why.compare"), key=f"{key}.compare", type="primary", on_click=_compare, args=(key,))


def _compare(key: str) -> None:
    st.session_state[f"{key}.compared"] = True
