"""A question of a lesson: predict, reveal, say what there was to see, read the explanation by contrast."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from cnnviz.lessons.lesson import Lesson, LessonStep, Screen, in_language
from cnnviz.lessons.progress import Answer, next_screen
from cnnviz.lessons.questions import Question, check, generate
from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import Response
from cnnviz.lessons.screen_item import item_of, item_seed, way_without_result
from cnnviz.text import Text, load
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs.question_view.picture import draw_picture, has_picture
from cnnviz.ui.inputs.question_view.places import draw_places
from cnnviz.ui.inputs.question_view.question_subject import QuestionSubject
from cnnviz.ui.inputs.question_view.response_form import draw_form
from cnnviz.ui.inputs.question_view.reveal import draw_reveal, draw_solution
from cnnviz.ui.pages.lessons import progress_store, reading_place
from cnnviz.ui.pages.lessons.links import STEP


def given_answer(lesson: Lesson, place: int, seed: int, question: Question) -> Answer | None:
    """Return the answer to this very item; None where there is none, or none that its form takes."""
    answer = progress_store.current().answer(lesson.name, place)
    if answer is None or answer.seed != item_seed(lesson, place, seed):
        return None
    legal = answer.response is None or question.form.is_legal(answer.response)
    return answer if legal else None


def draw_question(lesson: Lesson, place: int, seed: int, key: str, t: Text) -> None:
    """Draw the question of a screen as far as the student has come with it."""
    screen = lesson.screens[place - 1]
    item, step = item_of(lesson, screen), screen.step
    subject = QuestionSubject.of_item(item)
    question = generate(item.question, subject.network, item_seed(lesson, place, seed))
    answer = given_answer(lesson, place, seed, question)
    worked = step is not None and step.support == "worked"
    told = answer is not None and screen.kind == "before"
    words_of_view = load("question_view", t.language)
    picture, cell = step.picture if step else "maps", None
    pictured = has_picture(question, picture)
    places = draw_places(key, pictured)
    reading_place.put(key)
    with places.question:
        if screen.kind != "step":
            st.caption(t(f"transfer.{screen.kind}"))
        elif answer is None:
            st.markdown(in_language(_step(screen).look, t.language))
        st.header(question.asks.describe(t.language, escape_markdown), anchor=False)
        if worked:
            draw_solution(question, words_of_view)
        elif answer is not None and not told:
            feedback = check(question, answer.response)
            draw_reveal(question, subject, answer.response, answer.sure, feedback, words_of_view, key)
            said = words_of_view.row(map(str, feedback.describe(t.language)))
            reading_place.put(key, f"{key}.verdict", said)
    if pictured:
        with places.picture:
            cell = draw_picture(
                question,
                subject,
                picture,
                words_of_view,
                key=key,
                revealed=(answer is not None and not told) or worked,
                beside=QuestionSubject.of_item(replace(item, network=step.beside)) if step and step.beside else None,
            )
    with places.response:
        if told:
            with st.container(key=f"{key}.noted"):
                st.info(t("transfer.noted"), icon=":material/lock:")
            reading_place.put(key, f"{key}.noted")
            _draw_next(lesson, place, key, t)
        elif answer is not None or worked:
            _draw_rest(lesson, place, key, answer or Answer(item_seed(lesson, place, seed), None, 1, False), t)
        else:
            _draw_form(lesson, place, seed, key, question, cell, t)


def _draw_form(
    lesson: Lesson, place: int, seed: int, key: str, question: Question, cell: Response | None, t: Text
) -> None:
    """Draw the hint and the form of the response; a response that is committed to is kept, and the page drawn anew."""
    _draw_support(question, lesson.screens[place - 1].step, t)
    committed = draw_form(question, key, load("question_view", t.language), cell)
    if committed is None:
        return
    feedback = check(question, committed.response)
    new = Answer(
        item_seed(lesson, place, seed), committed.response, committed.sure, feedback.right, feedback.misconception
    )
    progress_store.put(progress_store.current().with_answer(lesson.name, place, new))
    st.rerun()


def _step(screen: Screen) -> LessonStep:
    assert screen.step is not None
    return screen.step


def _draw_support(question: Question, step: LessonStep | None, t: Text) -> None:
    """Draw the way without its last number where it is half given, else a hint to ask for."""
    if step is None:
        return
    way = way_without_result(question)
    said = in_language(step.hint, t.language) if step.hint else way.describe(t.language, escape_markdown) if way else ""
    if not said:
        return
    if step.support == "half":
        st.markdown(said)
    else:
        with st.popover(t("hint"), icon=":material/lightbulb:", type="tertiary"):
            st.markdown(said)


def _draw_rest(lesson: Lesson, place: int, key: str, answer: Answer, t: Text) -> None:
    """Draw "what did you see?", then the explanation by contrast and the way on."""
    step = lesson.screens[place - 1].step
    if step is not None and step.saw:
        order = Draw("saw", answer.seed).shuffled(range(len(step.saw)))
        if answer.saw is None or answer.saw >= len(step.saw):
            with st.form(f"{key}.see", border=False):
                choice = st.radio(
                    t("saw.ask"),
                    order,
                    index=None,
                    key=f"{key}.saw",
                    format_func=lambda at: in_language(step.saw[at], t.language),
                )
                pressed = st.form_submit_button(t("saw.say"), type="primary", key=f"{key}.seen")
                if pressed and choice is None:
                    st.info(load("question_view", t.language)("missing.choice"), icon=":material/edit:")
                elif pressed:
                    progress = progress_store.current()
                    progress_store.put(progress.with_answer(lesson.name, place, replace(answer, saw=choice)))
                    st.rerun()
            return
        mark = ":material/visibility:" if answer.saw == 0 else ":material/visibility_off:"
        seen = in_language(step.saw[0], t.language)
        with st.container(key=f"{key}.observed"):
            st.markdown(f"{mark} {t('saw.right' if answer.saw == 0 else 'saw.wrong', seen=seen)}")
        reading_place.put(key, f"{key}.observed")
    if step is not None and step.contrast is not None:
        st.info(in_language(step.contrast, t.language), icon=":material/compare_arrows:")
    _draw_next(lesson, place, key, t)


def _draw_next(lesson: Lesson, place: int, key: str, t: Text) -> None:
    following = next_screen(lesson, place, progress_store.current())
    if following > place + 1:
        st.caption(t("skipped"))
    st.button(t("next"), key=f"{key}.next", type="primary", on_click=url.put, args=(STEP, following))
