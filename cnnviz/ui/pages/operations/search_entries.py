"""Search entries of the Operations page: its tabs and their ready-made examples."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.ui.pages.operations.table import TABS


def search_entries(language: str) -> list[SearchEntry]:
    """Return every tab and every example of it."""
    t = load("pages/operations", language)
    found = []
    for name, tab in TABS.items():
        words, title = load(f"operations/{name}", language), t(f"tab.{name}")
        found.append(SearchEntry(title, "operations", {"op": name}))
        found += [
            SearchEntry(
                f"{title} · {words(f'preset.{preset.name}.label')}",
                "operations",
                {"op": name, f"{name}.try": preset.name},
            )
            for preset in tab.presets
        ]
    return found
