"""Search entries of the Saliency lab: its ready-made questions."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.ui.pages.saliency.presets import QUESTIONS


def search_entries(language: str) -> list[SearchEntry]:
    """Return every question by its title."""
    t, shell = load("pages/saliency", language), load("shell", language)
    return [
        SearchEntry(f"{t(f'question.{name}.title')} · {shell('page.saliency')}", "saliency", query)
        for name, query in QUESTIONS.items()
    ]
