"""Progress of a student: the response to each question of the lessons, and the misconceptions met in practice.

It stays with the student, as text: in the browser's storage, or in a small file that can be brought back.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Self

from cnnviz.errors import UserError
from cnnviz.lessons.lesson import Lesson
from cnnviz.lessons.questions.misconceptions import MISCONCEPTIONS

FORMAT = "cnnviz-progress-1"
LARGEST_TEXT = 200_000
"""Characters of a file."""
SURE = (1, 2, 3)
"""How sure a student is: guessed, fairly, certain."""
_MOST_ENTRIES = 1000
_LARGEST_SEED = 10**6


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that was committed to, and what came of it."""

    seed: int
    response: Any
    """None where the item was worked out, and only looked at."""
    sure: int
    """One of `SURE`."""
    right: bool
    misconception: str | None = None
    saw: int | None = None
    """The choice taken of "what did you see?"; None until one is taken."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything that is kept: answers by lesson and screen (from 1), and of practice the best streak and mistakes."""

    answers: Mapping[str, Mapping[int, Answer]] = field(default_factory=lambda: MappingProxyType({}))
    best: int = 0
    """The longest row of right answers in practice."""
    met: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """How often each misconception was met, in lessons and in practice."""

    def answer(self, lesson: str, screen: int) -> Answer | None:
        """Return the answer given at a screen; None for none."""
        return self.answers.get(lesson, {}).get(screen)

    def with_answer(self, lesson: str, screen: int, answer: Answer) -> Self:
        """Return the progress with an answer at a screen; a new misconception is counted."""
        before = self.answer(lesson, screen)
        own = {**self.answers.get(lesson, {}), screen: answer}
        met = self.met if before is not None and before.response == answer.response else _counted(self.met, answer)
        return replace(self, answers={**self.answers, lesson: own}, met=met)

    def with_practice(self, streak: int, answer: Answer) -> Self:
        """Return the progress after an answer in practice that leaves a row of `streak` right ones."""
        return replace(self, best=max(self.best, streak), met=_counted(self.met, answer))

    def merged(self, later: Self) -> Self:
        """Return both together; where both have an answer, that of `later`."""
        names = {**self.answers, **later.answers}
        answers = {name: {**self.answers.get(name, {}), **later.answers.get(name, {})} for name in names}
        met = {name: self.met.get(name, 0) + later.met.get(name, 0) for name in {**self.met, **later.met}}
        return replace(self, answers=answers, best=max(self.best, later.best), met=met)

    def without(self, lesson: str) -> Self:
        """Return the progress without the answers of a lesson."""
        return replace(self, answers={name: own for name, own in self.answers.items() if name != lesson})

    def done(self, lesson: Lesson) -> int:
        """Return how many of a lesson's questions have been answered."""
        return sum(
            self.answer(lesson.name, place) is not None
            for place, screen in enumerate(lesson.screens, 1)
            if screen.kind in ("before", "step", "after")
        )

    def format(self) -> str:
        """Return it as the text of a file."""
        return json.dumps(
            {
                "format": FORMAT,
                "answers": {
                    name: {
                        str(screen): [one.seed, one.response, one.sure, one.right, one.misconception, one.saw]
                        for screen, one in own.items()
                    }
                    for name, own in self.answers.items()
                },
                "best": self.best,
                "met": dict(self.met),
            }
        )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the progress that `format` wrote.

        Raises:
            UserError: `progress_file` for any other text.
        """
        try:
            if len(text) > LARGEST_TEXT:
                raise ValueError
            table = json.loads(text, parse_constant=_refuse)
            if table["format"] != FORMAT:
                raise ValueError
            answers = {
                _name(name): {_whole(int(screen), 1, 99): _answer(one) for screen, one in _entries(own)}
                for name, own in _entries(table["answers"])
            }
            met = {_misconception(name): _whole(count, 0, 10**9) for name, count in _entries(table["met"])}
            return cls(answers, _whole(table["best"], 0, 10**9), {name: count for name, count in met.items() if name})
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise UserError("progress_file") from error


def next_screen(lesson: Lesson, screen: int, progress: Progress) -> int:
    """Return the screen after `screen`: two right in a row skip further questions of the same kind.

    Screens count from 1; the question before and the one after are never skipped.
    """
    screens = lesson.screens
    following = min(screen + 1, len(screens))
    here, before = screens[screen - 1], screens[screen - 2] if screen > 1 else None
    if here.step is None or before is None or before.step is None:
        return following
    kind = here.step.item.question
    pair = (progress.answer(lesson.name, screen), progress.answer(lesson.name, screen - 1))
    if before.step.item.question != kind or not all(one is not None and one.right for one in pair):
        return following
    while (step := screens[following - 1].step) is not None and step.item.question == kind:
        following += 1
    return following


def furthest(lesson: Lesson, progress: Progress) -> int:
    """Return the screen to go on at: the first question without an answer, or the end."""
    for place, screen in enumerate(lesson.screens, 1):
        asked = screen.kind in ("before", "step", "after")
        later = any(progress.answer(lesson.name, other) for other in range(place + 1, len(lesson.screens) + 1))
        if asked and progress.answer(lesson.name, place) is None and not later:
            return place
    return len(lesson.screens)


def _counted(met: Mapping[str, int], answer: Answer) -> Mapping[str, int]:
    name = answer.misconception
    return met if name is None else {**met, name: met.get(name, 0) + 1}


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _entries(table: Any) -> list[tuple[str, Any]]:
    if len(table) > _MOST_ENTRIES:
        raise ValueError
    return list(table.items())


def _name(name: str) -> str:
    if not name.isprintable() or len(name) > 60:
        raise ValueError(name[:60])
    return name


def _whole(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError
    return value


def _misconception(name: Any) -> str | None:
    """Return the name of a misconception; None for one that no longer exists."""
    if name is not None and not isinstance(name, str):
        raise ValueError
    return name if name in MISCONCEPTIONS else None


def _answer(fields: list[Any]) -> Answer:
    seed, response, sure, right, misconception, saw = fields
    if type(right) is not bool:
        raise ValueError
    return Answer(
        _whole(seed, 0, _LARGEST_SEED),
        _tuples(response),
        _whole(sure, SURE[0], SURE[-1]),
        right,
        _misconception(misconception),
        None if saw is None else _whole(saw, 0, 9),
    )


def _tuples(value: Any) -> Any:
    """Return a response with tuples in place of lists, as the forms have it."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if not isinstance(value, str | int | float | None):
        raise ValueError
    return value
