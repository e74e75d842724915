"""The work of each step of the lessons: `python tests/pages/bench_lessons.py [LESSON …]`; one JSON document.

Milliseconds of the server's processor time for the run of the page's script that asks a question, and for the one that
reveals it: the first time a server does so, and once more.
"""

import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))

from streamlit.testing.v1 import AppTest

from cnnviz.lessons.lesson import Lesson
from cnnviz.lessons.progress import Answer, Progress
from cnnviz.lessons.questions import generate
from cnnviz.lessons.screen_item import item_of, item_seed, traced_item
from cnnviz.lessons.table import find_lesson, lessons
from cnnviz.ui.core import shell
from cnnviz.ui.pages.lessons import progress_store
from tests.conftest import pytest_collection_finish
from tests.pages.opening import open_link

AIM = 200.0


def main(names: list[str]) -> None:
    """Measure and print."""
    pytest_collection_finish()  # a session without a browser waits for no paint
    assert shell._FLUSH_SECONDS == 0
    steps = {
        f"{name} {place}": milliseconds
        for name in names or [*lessons()]
        for place, milliseconds in measure(find_lesson(name)).items()
    }
    again = [one for each in steps.values() for one in each["again"]]
    print(
        json.dumps(
            {
                "median again": median(again),
                "largest again": max(again),
                "above aim again": sum(one > AIM for one in again),
                "median first": median(one for each in steps.values() for one in each["first"]),
                "steps": steps,
            },
            indent=1,
        )
    )


def measure(lesson: Lesson) -> dict[int, dict[str, list[float]]]:
    """Return, for each screen with a question, the milliseconds to ask and to reveal: the first time, and again."""
    app = open_link("lessons", lesson=lesson.name, mode="free")
    found: dict[int, dict[str, list[float]]] = {}
    for place, screen in enumerate(lesson.screens, 1):
        if screen.kind in ("why", "end"):
            continue
        item = item_of(lesson, screen)
        question = generate(item.question, traced_item(item), item_seed(lesson, place, 0))
        answer = Answer(item_seed(lesson, place, 0), question.right, 2, True, saw=0)
        states = (Progress(), Progress().with_answer(lesson.name, place, answer))
        app.session_state["step"] = place
        found[place] = {word: [_timed(app, state) for state in states] for word in ("first", "again")}
    return found


def _timed(app: AppTest, progress: Any) -> float:
    app.session_state[progress_store.STATE] = progress
    begin = time.process_time()
    app.run()
    assert not app.exception
    return round(1000 * (time.process_time() - begin), 1)


if __name__ == "__main__":
    main(sys.argv[1:])
