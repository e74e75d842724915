"""Search entries of the page of one's own network: what can be done there."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry


def search_entries(language: str) -> list[SearchEntry]:
    """Return the ways to bring a network."""
    t = load("pages/own", language)
    found = [SearchEntry(t(f"search.{name}"), "own") for name in ("paste", "mend")]
    return [*found, SearchEntry(t("search.blocks"), "own", {"by": "blocks"})]
