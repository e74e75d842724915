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
        label = " · ".join((names(f"page.{name}"), *_experiment(params, t.language)))
        shell.page_link(name, label, **params)


def _experiment(params: Mapping[str, str], language: str) -> tuple[str, ...]:
    """Return the title of the experiment of a link to the studio; () for none."""
    studio, key = load("pages/studio", language), f"experiment.{params.get('experiment', '')}.title"
    return (studio(key),) if key in studio else ()
