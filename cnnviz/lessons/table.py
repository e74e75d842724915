"""Every lesson, in the course's order; the page, the search and the tests loop over this table."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from cnnviz.errors import UserError
from cnnviz.lessons.lesson import Lesson
from cnnviz.lessons.lesson_file import read_lesson

FOLDER = Path(__file__).parent
"""The folder of the files, each named for its lesson."""


@cache
def lessons() -> Mapping[str, Lesson]:
    """Return every lesson by its name, in the course's order.

    Raises:
        LessonFileError: a broken file.
    """
    found = sorted((read_lesson(path) for path in FOLDER.glob("*.toml")), key=lambda lesson: lesson.place)
    return MappingProxyType({lesson.name: lesson for lesson in found})


def find_lesson(name: str) -> Lesson:
    """Return a lesson by its name.

    Raises:
        UserError: `unknown_lesson`.
    """
    if name not in lessons():
        raise UserError("unknown_lesson", name=name, known=[*lessons()])
    return lessons()[name]
