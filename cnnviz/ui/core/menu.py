"""The pages in the order of the menu: a new page is one line here, one script and one text file."""

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[3]

GROUPS = ("", "learn", "train", "why")
"""The groups of the menu in their order; pages of the first stand in it by themselves."""


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its name (also its URL and its text topic), its script and its icon."""

    name: str
    script: str
    icon: str
    group: str = ""
    """One of `GROUPS`."""
    listed: bool = True
    """Whether the menu lists it; the header has a link to the others."""
    needs_torch: bool = True
    """Whether it waits until PyTorch is loaded; others wait themselves, where they need it."""
    search: str = ""
    """Module whose `search_entries(language)` lists what the search finds on the page."""

    @property
    def path(self) -> Path:
        """The file of its script."""
        return ROOT / self.script


_SEARCH = "cnnviz.ui.pages.{}.search_entries"
HOME = PageEntry("home", "pages/start/home.py", ":material/home:", needs_torch=False, search=_SEARCH.format("home"))
PAGES = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            HOME,
            PageEntry(
                "lessons", "pages/learn/lessons.py", ":material/school:", "learn", search=_SEARCH.format("lessons")
            ),
            PageEntry(
                "walkthrough",
                "pages/explore/walkthrough.py",
                ":material/footprint:",
                "learn",
                search=_SEARCH.format("walkthrough"),
            ),
            PageEntry(
                "operations",
                "pages/explore/operations.py",
                ":material/calculate:",
                "learn",
                search=_SEARCH.format("operations"),
            ),
            PageEntry(
                "architectures",
                "pages/explore/architectures.py",
                ":material/account_tree:",
                "learn",
                search=_SEARCH.format("architectures"),
            ),
            PageEntry(
                "compare", "pages/explore/compare.py", ":material/balance:", "learn", search=_SEARCH.format("compare")
            ),
            PageEntry("own", "pages/explore/own.py", ":material/edit_note:", "learn", search=_SEARCH.format("own")),
            PageEntry(
                "studio",
                "pages/train/studio.py",
                ":material/model_training:",
                "train",
                needs_torch=False,
                search=_SEARCH.format("studio"),
            ),
            PageEntry("results", "pages/train/results.py", ":material/leaderboard:", "train"),
            PageEntry("mistakes", "pages/train/mistakes.py", ":material/troubleshoot:", "why"),
            PageEntry(
                "saliency",
                "pages/explain/saliency.py",
                ":material/center_focus_strong:",
                "why",
                search=_SEARCH.format("saliency"),
            ),
            PageEntry(
                "help",
                "pages/start/help.py",
                ":material/help:",
                listed=False,
                needs_torch=False,
                search=_SEARCH.format("help"),
            ),
        )
    }
)
