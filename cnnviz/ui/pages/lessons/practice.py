"""Practice without end: any kind of question about any network, or about one of its layers."""

from __future__ import annotations

import streamlit as st

from cnnviz.lessons.progress import Answer
from cnnviz.lessons.questions import GENERATORS, Question, applicable, check, generate
from cnnviz.lessons.questions.draw import Draw
from cnnviz.text import Text, load
from cnnviz.ui.components.stepper import LAYER
from cnnviz.ui.core import url
from cnnviz.ui.core.markdown import escape_markdown
from cnnviz.ui.inputs import image_picker
from cnnviz.ui.inputs.model_picker import select_model
from cnnviz.ui.inputs.question_view.picture import draw_picture, has_picture
from cnnviz.ui.inputs.question_view.places import draw_places
from cnnviz.ui.inputs.question_view.question_subject import QuestionSubject
from cnnviz.ui.inputs.question_view.response_form import draw_form
from cnnviz.ui.inputs.question_view.reveal import draw_reveal
from cnnviz.ui.pages.lessons import lesson_list, progress_store, reading_place
from cnnviz.ui.pages.lessons.links import ITEM, LARGEST_ITEM, MIXED, PRACTICE

STREAK = "practice.streak"
"""The key of the row of right answers in the session."""
_ANSWER = "practice.answer"
"""The key of the answer to the item on the screen, with what the item is."""
_MOST_MACS = 2_000_000_000
"""Multiply-adds of a network whose values are asked about: below a second on two cores."""


def draw_practice(seed: int, t: Text) -> None:
    """Draw the pickers, the question as far as the student has come with it, and the streak."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="lesson_head"):
        st.button(t("list"), key="lesson.list", icon=":material/arrow_back:", type="tertiary", on_click=_leave)
        st.title(t("practice.title"), anchor=False, width="content")
        st.markdown(t("practice.streak", streak=st.session_state.get(STREAK, 0), best=progress_store.current().best))
    with st.expander(t("practice.about"), icon=":material/tune:"):
        subject = _select_subject(t)
        names = _names(subject)
        kinds = (MIXED, *names)
        if url.value(PRACTICE) not in kinds:
            url.put(PRACTICE, MIXED)
        kind = url.select(PRACTICE.among(kinds), t("practice.kind"), lambda name: _title(name, t))
    if not names:
        st.info(t("practice.none", layer=escape_markdown(subject.network.layer)), icon=":material/help:")
        return
    name = Draw("practice", seed).one_of(names) if kind == MIXED else kind
    _draw_item(generate(name, subject.network, seed), subject, seed, t)
    lesson_list.draw_met(progress_store.current(), t)


def _select_subject(t: Text) -> QuestionSubject:
    model = select_model()
    image = image_picker.select_image(model)
    image, _ = image_picker.fit_image(image, model, st.container())
    rows = ("", *(row.name for row in model.spec.trace().layers))
    layer = url.select(LAYER.among(rows), t("practice.layer"), lambda name: name or t("practice.any_layer"))
    small = model.spec.trace().macs <= _MOST_MACS
    return QuestionSubject.of(model, image if small else None, layer)


@st.cache_resource(max_entries=128, show_spinner=False)
def _cached_names(model: str, image: str, layer: str, _subject: QuestionSubject) -> tuple[str, ...]:
    return applicable(_subject.network)


def _names(subject: QuestionSubject) -> tuple[str, ...]:
    """Return the kinds of question that the network, or its layer, can be asked."""
    return _cached_names(repr(subject.model), repr(subject.image), subject.network.layer, subject)


def _title(name: str, t: Text) -> str:
    return t("practice.mixed") if name == MIXED else GENERATORS[name].title(t.language)


def _draw_item(question: Question, subject: QuestionSubject, seed: int, t: Text) -> None:
    item = (question.generator, question.network, subject.network.layer, repr(subject.image), seed)
    held = st.session_state.get(_ANSWER)
    answer: Answer | None = held[1] if held is not None and held[0] == item else None
    if answer is not None and not question.form.is_legal(answer.response):
        answer = None
    key = "practice." + ".".join(map(str, (question.generator, subject.network.layer, seed)))
    words_of_view = load("question_view", t.language)
    pictured, cell = has_picture(question, "maps"), None
    places = draw_places(key, pictured)
    reading_place.put(key)
    with places.question:
        st.header(question.asks.describe(t.language, escape_markdown), anchor=False)
        if answer is not None:
            feedback = check(question, answer.response)
            draw_reveal(question, subject, answer.response, answer.sure, feedback, words_of_view, key)
            reading_place.put(key, f"{key}.verdict", words_of_view.row(map(str, feedback.describe(t.language))))
    if pictured:
        with places.picture:
            cell = draw_picture(question, subject, "maps", words_of_view, key=key, revealed=answer is not None)
    with places.response:
        if answer is not None:
            st.button(t("practice.next"), key=f"{key}.next", type="primary", on_click=_go_on, args=(seed,))
            return
        committed = draw_form(question, key, words_of_view, cell)
        if committed is not None:
            feedback = check(question, committed.response)
            new = Answer(seed, committed.response, committed.sure, feedback.right, feedback.misconception)
            streak = st.session_state.get(STREAK, 0) + 1 if feedback.right else 0
            st.session_state[STREAK] = streak
            st.session_state[_ANSWER] = (item, new)
            progress_store.put(progress_store.current().with_practice(streak, new))
            st.rerun()


def _go_on(seed: int) -> None:
    url.put(ITEM, (seed + 1) % (LARGEST_ITEM + 1))


def _leave() -> None:
    url.put(PRACTICE, "")
    url.put(LAYER, "")
    url.put(ITEM, 0)
