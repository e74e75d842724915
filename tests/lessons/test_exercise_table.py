"""The table of `docs/lessons.md`: each question of the course's exercises, and a link that leads where it says."""

import re
from importlib import import_module
from pathlib import Path
from urllib.parse import parse_qsl

from cnnviz.lessons.questions import GENERATORS
from cnnviz.lessons.table import lessons
from cnnviz.ui.core.menu import PAGES

DOCS = Path(__file__).parents[2] / "docs" / "lessons.md"
ROW = re.compile(r"^\| `([\w-]+)` \| ([^|]+) \| (`[^|]+`) \|$", re.MULTILINE)


def rows() -> dict[str, list[str]]:
    """The links of each question by its name."""
    text = DOCS.read_text(encoding="utf-8").split("## Where the questions", 1)[1]
    return {name: re.findall(r"`([^`]+)`", where) for name, _, where in ROW.findall(text)}


def follow(link: str) -> None:
    """Check that a link names a page, and parameters that the page takes."""
    page, _, state = link.partition("?")
    assert page in PAGES, link
    params = {param.name: param for param in import_module(f"cnnviz.ui.pages.{page}.links").PARAMS}
    query = dict(parse_qsl(state))
    assert query, link
    for name, text in query.items():
        assert name in params, link
        params[name].parse(text)
    if page == "lessons":
        assert query.get("lesson") in lessons() or query.get("practice") in GENERATORS, link


def test_every_link_of_the_table_leads_to_what_it_names() -> None:
    assert len(rows()) > 30
    for links in rows().values():
        assert links
        for link in links:
            follow(link)


def test_what_a_lesson_says_it_answers_is_in_the_table_and_leads_there() -> None:
    for lesson in lessons().values():
        for name in lesson.answers:
            assert name in rows(), name
            assert f"lessons?lesson={lesson.name}" in rows()[name], name


def test_the_links_at_the_end_of_a_lesson_are_links() -> None:
    for lesson in lessons().values():
        for link in lesson.links:
            follow(link)
