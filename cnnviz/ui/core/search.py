"""The search over pages, sections of the book, layers, terms and ready-made examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType

from cnnviz.text import load
from cnnviz.ui.core.menu import PAGES


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One line of the search and where it leads."""

    title: str
    """In the user's language."""
    page: str
    """The name of a page."""
    query: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """The state of that page, as its link has it."""


@cache
def search_entries(language: str) -> tuple[SearchEntry, ...]:
    """Return everything that the search finds: the pages, then what each page lists, in the order of the menu."""
    t = load("shell", language)
    found = [SearchEntry(t("search.page", title=t(f"page.{name}")), name) for name in PAGES]
    for entry in PAGES.values():
        if entry.search:
            found += import_module(entry.search).search_entries(language)
    return tuple({entry.title: entry for entry in reversed(found)}.values())[::-1]
