"""Search entries of the book: its sections and their pages."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.ui.pages.home.book_index import SECTIONS, section_title


def search_entries(language: str) -> list[SearchEntry]:
    """Return every section by its number and title, in the edition of the language."""
    t = load("pages/home", language)
    return [
        SearchEntry(
            t("index.section", number=section.numbers(language)[0], title=section_title(section, t)),
            section.page,
            section.query,
        )
        for section in SECTIONS
    ]
