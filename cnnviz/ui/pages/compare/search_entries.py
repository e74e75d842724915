"""Search entries of the Compare page: its ready-made comparisons."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.ui.pages.compare.comparisons import COMPARISONS


def search_entries(language: str) -> list[SearchEntry]:
    """Return every comparison by its question."""
    t = load("pages/compare", language)
    return [SearchEntry(t(f"set.{name}"), "compare", {"set": name}) for name in COMPARISONS]
