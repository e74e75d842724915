"""Search entries of the Training studio: its ready-made experiments."""

from cnnviz.text import load
from cnnviz.ui.core.search import SearchEntry
from cnnviz.ui.pages.studio.experiments import EXPERIMENTS


def search_entries(language: str) -> list[SearchEntry]:
    """Return every experiment by its title."""
    t, shell = load("pages/studio", language), load("shell", language)
    return [
        SearchEntry(f"{t(f'experiment.{name}.title')} · {shell('page.studio')}", "studio", {"experiment": name})
        for name in EXPERIMENTS
    ]
