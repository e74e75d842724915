"""The lessons as a student's session sees them: each is walked to its end, and practice goes on."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.lessons.progress import Answer, Progress
from cnnviz.lessons.questions import Question, check, generate
from cnnviz.lessons.screen_item import item_of, item_seed
from cnnviz.lessons.table import lessons
from cnnviz.text import LANGUAGES, load
from cnnviz.ui.inputs.question_view import response_form
from cnnviz.ui.inputs.question_view.question_subject import QuestionSubject
from cnnviz.ui.pages.lessons import lesson_question, practice, progress_store
from tests.pages.opening import open_link, open_page, rerun


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return rerun(app)


def respond(app: AppTest, key: str, question: Question, response: Any, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Commit to a response; what is drawn in the browser gives it directly."""
    form = question.form.name
    if form == "number":
        app.number_input(key=f"{key}.number").set_value(float(response))
    elif form == "choice":
        app.radio(key=f"{key}.choice").set_value([entry.value for entry in question.options].index(response))
    elif form == "order":
        values = [entry.value for entry in question.options]
        app.multiselect(key=f"{key}.order").set_value([values.index(one) for one in response])
    else:
        names = {"cell": (lesson_question, "draw_picture"), "fill": (response_form, "_draw_fill")}
        module, name = names.get(form, (response_form, "_draw_sketch"))
        monkeypatch.setattr(module, name, lambda *args, **kwargs: response)
    app = press(app, f"{key}.sure.2")
    monkeypatch.undo()
    return app


def progress_of(app: AppTest) -> Progress:
    progress: Progress = app.session_state[progress_store.STATE]
    return progress


def test_the_list_shows_every_lesson_and_opens_one() -> None:
    app = open_page("lessons")
    shown = " ".join(line.value for line in app.markdown)
    assert all(lesson.title["en"] in shown for lesson in lessons().values())
    app = press(app, "open.padding")
    assert app.title[0].value == lessons()["padding"].title["en"]
    assert app.query_params["lesson"] == "padding"
    app = press(app, "lesson.list")
    assert app.title[0].value == load("pages/lessons")("title")


@pytest.mark.parametrize("name", lessons())
def test_every_screen_of_a_lesson_asks_and_then_reveals(name: str) -> None:
    lesson = lessons()[name]
    language = [*LANGUAGES][lesson.place % 3]
    view = load("question_view", language)
    app = open_link("lessons", lesson=name, mode="free", lang=language)
    for place, screen in enumerate(lesson.screens, 1):
        if screen.kind in ("why", "end"):
            continue
        key = f"{name}.{place}.0"
        item, step = item_of(lesson, screen), screen.step
        question = generate(item.question, QuestionSubject.of_item(item).network, item_seed(lesson, place, 0))
        value, right = (question.wrong[0].value, False) if place % 2 == 0 else (question.right, True)
        worked = step is not None and step.support == "worked"
        app.session_state["step"] = place
        if not worked:
            app = rerun(app)
            assert any(question.asks.describe(language) in line for line in words(app))
            assert app.button(key=f"{key}.sure.1")
            assert not any(view(verdict) in line for line in words(app) for verdict in ("right", "wrong"))
        feedback = check(question, value)
        answer = Answer(item_seed(lesson, place, 0), None if worked else value, 2, right, feedback.misconception, saw=0)
        app.session_state[progress_store.STATE] = Progress().with_answer(name, place, answer)
        app = rerun(app)
        verdict = view("right" if right else "wrong")
        assert any(verdict in line for line in words(app)) is (screen.kind != "before" and not worked)
        if step is not None and step.contrast is not None:
            assert step.contrast[language] in [line.value for line in app.info]
        assert app.button(key=f"{key}.next")
    app.session_state["step"] = len(lesson.screens)
    app = rerun(app)
    assert all(sentence[language] in words(app) for sentence in lesson.closing)


def words(app: AppTest) -> list[str]:
    return [line.value.replace("\\", "") for line in (*app.header, *app.markdown)]


@pytest.mark.parametrize("name", ["pooling", "training-curves"])
def test_a_lesson_is_walked_to_its_end(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = lessons()[name]
    language = [*LANGUAGES][lesson.place % 3]
    app = open_link("lessons", lesson=name, mode="free", lang=language)
    for place, screen in enumerate(lesson.screens, 1):
        key = f"{name}.{place}.0"
        app = press(app, f"bar.{place}")
        if screen.kind == "end":
            break
        if screen.kind == "why":
            app = press(app, f"{key}.compare")
            assert lesson.why is not None
            assert lesson.why[1][language] in [line.value for line in app.markdown]
        else:
            item = item_of(lesson, screen)
            question = generate(item.question, QuestionSubject.of_item(item).network, item_seed(lesson, place, 0))
            if screen.step is None or screen.step.support != "worked":
                wrong = place % 2 == 0
                value = question.wrong[0].value if wrong else question.right
                app = respond(app, key, question, value, monkeypatch)
                answer = progress_of(app).answer(name, place)
                assert answer is not None
                assert answer.response == value
                assert answer.right is not wrong
                told = " ".join(line.value for line in app.markdown)
                verdict = load("question_view", language)("wrong" if wrong else "right")
                assert (verdict in told) is (screen.kind != "before")
            if screen.step is not None and screen.step.saw:
                app.radio(key=f"{key}.saw").set_value(0)
                app = press(app, f"{key}.seen")
                answer = progress_of(app).answer(name, place)
                assert answer is not None
                assert answer.saw == 0
            if screen.step is not None and screen.step.contrast is not None:
                assert screen.step.contrast[language] in [line.value for line in app.info]
        assert app.button(key=f"{key}.next")
    shown = [line.value for line in app.markdown]
    assert all(sentence[language] in shown for sentence in lesson.closing)


def test_a_response_that_is_missing_is_asked_for_and_nothing_is_revealed() -> None:
    app = open_link("lessons", lesson="padding", step="3")
    view = load("question_view")
    app = press(app, "padding.3.0.sure.3")
    assert view("missing.number") in [line.value for line in app.info]
    assert progress_store.STATE not in app.session_state


def test_what_was_seen_is_asked_for_where_nothing_was_chosen() -> None:
    app = open_link("lessons", lesson="alexnet", step="2")
    app = press(app, "alexnet.2.0.seen")
    assert load("question_view")("missing.choice") in [line.value for line in app.info]
    assert progress_store.STATE not in app.session_state


def test_guided_mode_opens_one_step_after_the_other_and_free_mode_all() -> None:
    app = open_link("lessons", lesson="padding")
    assert [app.button(key=f"bar.{at}").disabled for at in (1, 2, 3, 9)] == [False, False, True, True]
    app = open_link("lessons", lesson="padding", mode="free")
    assert not any(app.button(key=f"bar.{at}").disabled for at in range(1, 10))
    app = press(app, "lesson.another")
    assert app.query_params["item"] == "1"


def test_a_wrong_lesson_or_step_of_a_link_is_told_and_the_page_goes_on() -> None:
    app = open_link("lessons", lesson="nonsense")
    assert "nonsense" in app.warning[0].value
    assert app.title[0].value == load("pages/lessons")("title")
    app = open_link("lessons", lesson="padding", step="30")
    assert app.query_params["step"] == str(len(lessons()["padding"].screens))


def test_practice_asks_again_and_counts_a_row_and_the_mistakes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_link("lessons", practice="output-side", layer="conv1", net="lenet")
    for seed in (0, 1):
        subject = QuestionSubject.of_item(item_of(lessons()["padding"], lessons()["padding"].screens[2]))
        question = generate("output-side", subject.network, seed)
        key = f"practice.output-side.conv1.{seed}"
        value = question.right if seed == 0 else question.wrong[0].value
        app = respond(app, key, question, value, monkeypatch)
        assert app.session_state[practice.STREAK] == (1 if seed == 0 else 0)
        app = press(app, f"{key}.next")
    assert progress_of(app).best == 1
    assert sum(progress_of(app).met.values()) == 1
    assert app.query_params["item"] == "2"


def test_practice_says_where_a_layer_has_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(practice, "_names", lambda subject: ())
    app = open_link("lessons", practice="mixed", layer="dropout1", net="alexnet", **{"alexnet.form": "small"})
    assert load("pages/lessons")("practice.none", layer="dropout1") in [line.value for line in app.info]
