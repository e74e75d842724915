"""Links from the end of a lesson to the instruments, in the state that the lesson left them."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from cnnviz.lessons.lesson import Lesson
from cnnviz.text import Text, load
from cnnviz.ui.core import shell


def draw_page_links(lesson: Lesson, page: str, query: Mapping[str, str], t: Text) -> None:
    """Draw a link to the `page` of the last question, and the links of the lesson."""
    names = load("shell", t.language)
    links = [(page, dict(query))] if page else []
    for link in lesson.links:
        name, _, state = link.partition("?")
        links.append((name, dict(parse_qsl(state))))
    for name, params in links:
        shell.page_link(name, names(f"page.{name}"), **params)
