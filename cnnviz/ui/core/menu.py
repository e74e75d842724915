"""The pages in the order of the menu: a new page is one line here, one script and one text file."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its name (also its URL and its text topic), its script and its icon."""

    name: str
    script: str
    icon: str
    needs_torch: bool = True
    """Whether it waits until PyTorch is loaded."""
    prepare: str = ""
    """Module whose `prepare()` runs before the page waits for PyTorch."""


HOME = PageEntry("home", "pages/start/home.py", ":material/home:", needs_torch=False)
_RUN_QUEUE = "cnnviz.ui.inputs.run_queue"
PAGES = MappingProxyType(
    {
        entry.name: entry
        for entry in (
            HOME,
            PageEntry("help", "pages/start/help.py", ":material/help:", needs_torch=False),
            PageEntry("walkthrough", "pages/explore/walkthrough.py", ":material/footprint:"),
            PageEntry("operations", "pages/explore/operations.py", ":material/calculate:"),
            PageEntry("architectures", "pages/explore/architectures.py", ":material/account_tree:"),
            PageEntry("studio", "pages/train/studio.py", ":material/model_training:", prepare=_RUN_QUEUE),
            PageEntry("results", "pages/train/results.py", ":material/leaderboard:"),
            PageEntry("compare", "pages/explore/compare.py", ":material/balance:"),
            PageEntry("mistakes", "pages/train/mistakes.py", ":material/troubleshoot:"),
            PageEntry("saliency", "pages/explain/saliency.py", ":material/center_focus_strong:"),
        )
    }
)
