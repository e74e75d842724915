"""Search entries of the lessons: their titles."""

from cnnviz.lessons.lesson import in_language
from cnnviz.lessons.table import lessons
from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry


def search_entries(language: str) -> list[SearchEntry]:
    """Return every lesson, and practice."""
    t = load("pages/lessons", language)
    found = [
        SearchEntry(t("search", title=in_language(lesson.title, language)), "lessons", {"lesson": name})
        for name, lesson in lessons().items()
    ]
    return [*found, SearchEntry(t("practice.title"), "lessons", {"practice": "mixed"})]
