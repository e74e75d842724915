"""The end of a lesson: before and after, where the student was sure and wrong, three sentences, links."""

from __future__ import annotations

import streamlit as st

from cnnviz.lessons.lesson import Lesson, Picture, in_language
from cnnviz.lessons.progress import SURE, Answer
from cnnviz.lessons.questions import MISCONCEPTIONS, Question, generate
from cnnviz.lessons.screen_item import item_seed
from cnnviz.lessons.table import lessons
from cnnviz.text import Text, load
from cnnviz.ui.core import url
from cnnviz.ui.inputs.question_view.picture import draw_picture, has_picture
from cnnviz.ui.inputs.question_view.question_subject import QuestionSubject
from cnnviz.ui.pages.lessons import page_links, progress_store, reading_place
from cnnviz.ui.pages.lessons.links import ITEM, LESSON, STEP


def draw_end(lesson: Lesson, seed: int, key: str, t: Text) -> None:
    """Draw the picture of the last step beside what the lesson leaves."""
    with st.container(key=f"{key}.question"):
        st.header(t("bar.end"), anchor=False)
    reading_place.put(key)
    subject, question, picture = _last_picture(lesson, seed)
    pictures, words = st.columns([2.05, 1], gap="medium")
    with pictures:
        draw_picture(
            question, subject, picture, load("question_view", t.language), key=f"{lesson.name}.end", revealed=True
        )
    with words:
        for sentence in lesson.closing:
            st.markdown(in_language(sentence, t.language))
        _draw_evidence(lesson, t)
        page_links.draw_page_links(lesson, question.link.page, subject.query(question.link), t)
        _draw_on(lesson, t)


def _last_picture(lesson: Lesson, seed: int) -> tuple[QuestionSubject, Question, Picture]:
    """Return the question of the last step that has a picture, the first step's where none has one."""
    for place in range(len(lesson.steps) + 1, 1, -1):
        step = lesson.steps[place - 2]
        subject = QuestionSubject.of_item(step.item)
        question = generate(step.item.question, subject.network, item_seed(lesson, place, seed))
        if has_picture(question, step.picture):
            break
    return subject, question, step.picture


def _draw_evidence(lesson: Lesson, t: Text) -> None:
    """Draw the pair of questions before and after, and the mistakes that the student was certain of."""
    progress, last = progress_store.current(), len(lesson.screens) - 1
    pair = (progress.answer(lesson.name, 1), progress.answer(lesson.name, last))
    st.markdown(t("end.pair", before=_verdict(pair[0], t), after=_verdict(pair[1], t)))
    own = progress.answers.get(lesson.name, {})
    sure = [answer for answer in own.values() if answer.sure == SURE[-1] and answer.response is not None]
    wrong = [answer for answer in sure if not answer.right]
    if wrong:
        ideas = [MISCONCEPTIONS[one.misconception].describe(t.language) for one in wrong if one.misconception]
        st.markdown(t("end.certain_wrong", wrong=len(wrong), count=len(sure)))
        if ideas:
            st.markdown("\n".join(f"- {idea}" for idea in dict.fromkeys(ideas)))


def _verdict(answer: Answer | None, t: Text) -> str:
    if answer is None:
        return t("end.none")
    words = load("question_view", t.language)
    return t("end.right" if answer.right else "end.wrong", sure=words(f"sure.{answer.sure}"))


def _draw_on(lesson: Lesson, t: Text) -> None:
    names = list(lessons())
    at = names.index(lesson.name) + 1
    with st.container(horizontal=True):
        if at < len(names):
            title = in_language(lessons()[names[at]].title, t.language)
            st.button(t("end.next", title=title), key="end.next", type="primary", on_click=_open, args=(names[at],))
        st.button(t("again"), key="end.again", on_click=_repeat, args=(lesson.name,))


def _open(name: str) -> None:
    url.put(LESSON, name)
    url.put(STEP, 1)


def _repeat(name: str) -> None:
    progress_store.put(progress_store.current().without(name))
    url.put(STEP, 1)
    url.put(ITEM, (st.session_state.get(ITEM.name, 0) + 1) % 10_000)
