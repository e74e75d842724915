"""Every lesson that there is: each item can be asked, and its words are few and in three languages."""

import re
from collections.abc import Iterator

import pytest

from cnnviz.lessons.lesson import Lesson, Words
from cnnviz.lessons.lesson_network import lesson_model, network_title
from cnnviz.lessons.questions import check, generate
from cnnviz.lessons.screen_item import item_of, item_seed, traced_item, way_without_result
from cnnviz.lessons.table import lessons
from cnnviz.models import ModelSpec
from cnnviz.text import LANGUAGES
from tests.text.test_glossary import found
from tests.text.test_latin_in_chinese import leaks

LESSONS = list(lessons().values())
LAYER_NAME = re.compile(r"\b[a-z][a-z_.]*\d\b")
MOST_WORDS = 60
"""On the screen before a student commits: where to look, and the question."""
HAN, OTHER_WORD = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[^\s\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
HAN_A_WORD = 1.5
"""Characters of a Chinese word, on average."""


def count_words(sentence: str) -> float:
    """Words between spaces, and of Chinese as many as its characters make."""
    return len(OTHER_WORD.findall(sentence)) + len(HAN.findall(sentence)) / HAN_A_WORD


def sentences(lesson: Lesson) -> Iterator[Words]:
    yield lesson.title
    yield from lesson.closing
    yield from lesson.why or ()
    for step in lesson.steps:
        yield from (step.look, *step.saw)
        yield from (words for words in (step.contrast, step.hint) if words is not None)


def test_lessons_stand_in_the_course_s_order_and_no_two_at_one_place() -> None:
    places = [lesson.place for lesson in LESSONS]
    assert places == sorted(set(places))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_item_can_be_asked_in_few_words_and_its_right_value_is_right(lesson: Lesson) -> None:
    for place, screen in enumerate(lesson.screens, 1):
        if screen.kind in ("why", "end"):
            continue
        item = item_of(lesson, screen)
        for seed in (0, 1, 2):
            question = generate(item.question, traced_item(item), item_seed(lesson, place, seed))
            assert check(question, question.right).right
            for language in LANGUAGES:
                words = question.asks.describe(language) + " " + (screen.step.look[language] if screen.step else "")
                assert count_words(words) <= MOST_WORDS, (place, seed, language)
        if screen.step is not None and screen.step.support == "half":
            way = way_without_result(question)
            assert way is not None
            assert "?" in way.describe("en")
        if screen.step is not None and screen.step.beside:
            assert lesson_model(screen.step.beside).spec.trace()[question.scene.layer]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_begins_and_ends_with_one_kind_of_question_about_another_network_and_other_numbers(
    lesson: Lesson,
) -> None:
    assert [screen.kind for screen in lesson.screens][:1] == ["before"]
    assert [screen.kind for screen in lesson.screens][-3:] == ["why", "after", "end"]
    assert lesson.transfer.question in {step.item.question for step in lesson.steps}
    assert lesson.transfer.network not in {step.item.network for step in lesson.steps}
    for seed in range(10):
        places = (1, len(lesson.screens) - 1)
        before, after = (
            generate(lesson.transfer.question, traced_item(lesson.transfer), item_seed(lesson, place, seed))
            for place in places
        )
        assert before.right != after.right, seed


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_has_the_parts_that_teach(lesson: Lesson) -> None:
    assert 6 <= len(lesson.screens) <= 10
    assert len(lesson.closing) == 3
    assert lesson.why is not None
    assert all(step.contrast is not None for step in lesson.steps)
    assert sum(len(step.saw) >= 2 for step in lesson.steps) >= len(lesson.steps) - 2
    supports = [step.support for step in lesson.steps]
    assert supports == sorted(supports, key=["worked", "half", "alone"].index)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_the_words_of_a_lesson_follow_the_glossary(lesson: Lesson, language: str) -> None:
    for words in sentences(lesson):
        assert not found(words[language], language), words[language]
        if language != "en":
            assert not leaks(LAYER_NAME.sub("x", words[language])), words[language]
            assert words[language].endswith(("。", "？")) or words["en"][-1] not in ".?"


def test_the_title_of_a_network_names_what_makes_it_another_one() -> None:
    assert network_title(ModelSpec.of("lenet")) == "LeNet"
    assert network_title(lesson_model("vgg-digits").spec) == "VGG (width=0.125)"
