"""Search entries of the Architectures page: its networks."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.zoo.table import ARCHITECTURES


def search_entries(language: str) -> list[SearchEntry]:
    """Return every network: its diagram, its numbers and its code."""
    t = load("shell", language)
    return [
        SearchEntry(f"{entry.title} · {t('page.architectures')}", "architectures", {"net": name})
        for name, entry in ARCHITECTURES.items()
    ]
