"""Search entries of the Help page: its terms, under their names in every language."""

from cnnviz.ui.core.search import SearchEntry
from cnnviz.ui.pages.help.page import terms


def search_entries(language: str) -> list[SearchEntry]:
    """Return every term; its names in the other languages find it too."""
    found = []
    for term in terms():
        name, *others = dict.fromkeys((term.names[language], *term.names.values()))
        title = f"{name} ({', '.join(others)})" if others else name
        found.append(SearchEntry(title, "help", {"find": name}))
    return found
