"""The progress of a student: kept as text, checked when it comes back, and the way through a lesson that follows."""

import json
from dataclasses import replace

import pytest

from cnnviz.errors import UserError
from cnnviz.lessons.progress import Answer, Progress, furthest, next_screen
from cnnviz.lessons.table import lessons

PADDING = lessons()["padding"]
RIGHT = Answer(seed=2, response=13, sure=3, right=True, saw=0)
WRONG = Answer(seed=3, response=((1.5, 2.0), (0.0, 3.0)), sure=2, right=False, misconception="no_floor")


def test_a_file_gives_back_what_was_written() -> None:
    progress = Progress().with_answer("padding", 2, RIGHT).with_answer("padding", 3, WRONG).with_practice(4, RIGHT)
    assert Progress.parse(progress.format()) == progress
    assert progress.met == {"no_floor": 1}
    assert progress.best == 4


def good() -> dict[str, object]:
    table: dict[str, object] = json.loads(Progress().with_answer("padding", 2, RIGHT).format())
    return table


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "[" * 100_000,
        '{"format": "another"}',
        json.dumps(good() | {"best": -1}),
        json.dumps(good() | {"best": True}),
        json.dumps(good() | {"met": []}),
        json.dumps(good() | {"answers": {"padding": {"x": [1, 2, 3, True, None, None]}}}),
        json.dumps(good() | {"answers": {"padding": {"1": [1, {}, 3, True, None, None]}}}),
        json.dumps(good() | {"answers": {"padding": {"1": [1, 2, 9, True, None, None]}}}),
        json.dumps(good() | {"answers": {"padding": {"1": [1, 2, 3, "yes", None, None]}}}),
        json.dumps(good() | {"answers": {"a\u202eb": {}}}),
        '{"format": "cnnviz-progress-1", "best": NaN, "met": {}, "answers": {}}',
        json.dumps(good() | {"x": "y" * 300_000}),
    ],
)
def test_any_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(UserError) as refused:
        Progress.parse(text)
    assert refused.value.key == "progress_file"


def test_a_misconception_that_no_longer_exists_is_left_out() -> None:
    assert Progress.parse(json.dumps(good() | {"met": {"gone": 3, "no_floor": 2}})).met == {"no_floor": 2}


def test_later_answers_win_where_two_browsers_meet() -> None:
    one = Progress().with_answer("padding", 2, RIGHT).with_practice(3, RIGHT)
    other = Progress().with_answer("padding", 2, WRONG).with_answer("pooling", 1, RIGHT)
    both = one.merged(other)
    assert both.answer("padding", 2) == WRONG
    assert both.answer("pooling", 1) == RIGHT
    assert both.best == 3


def test_two_right_in_a_row_skip_questions_of_the_same_kind_and_nothing_else() -> None:
    kinds = [screen.step.item.question if screen.step else screen.kind for screen in PADDING.screens]
    same = replace(PADDING, steps=(PADDING.steps[0],) * 4 + (PADDING.steps[3],))
    progress = Progress().with_answer("padding", 2, RIGHT).with_answer("padding", 3, replace(RIGHT, response=40))
    assert kinds[:3] == ["before", "output-side", "output-side"]
    assert next_screen(PADDING, 3, progress) == 4
    assert next_screen(same, 2, progress) == 3
    assert next_screen(same, 3, progress) == 6
    assert next_screen(same, 3, progress.with_answer("padding", 2, WRONG)) == 4


def test_a_lesson_goes_on_at_the_first_question_that_nothing_later_was_answered_of() -> None:
    last = len(PADDING.screens)
    assert furthest(PADDING, Progress()) == 1
    assert furthest(PADDING, Progress().with_answer("padding", 1, RIGHT).with_answer("padding", 4, RIGHT)) == 5
    assert furthest(PADDING, Progress().with_answer("padding", last - 1, RIGHT)) == last
    assert Progress().with_answer("padding", 4, RIGHT).done(PADDING) == 1
