"""The pages in the order of the menu: a new page is one line here, one script and one text file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the menu and the pages below it."""

    name: str
    pages: tuple["PageEntry", ...]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its name (also its URL and its text topic), its script and its icon."""

    name: str
    script: str
    icon: str


SECTIONS = (
    Section("start", (
        PageEntry("home", "pages/start/home.py", ":material/home:"),
    )),
    Section("explore", (
        PageEntry("walkthrough", "pages/explore/walkthrough.py", ":material/footprint:"),
        PageEntry("architectures", "pages/explore/architectures.py", ":material/account_tree:"),
        PageEntry("operations", "pages/explore/operations.py", ":material/calculate:"),
        PageEntry("compare", "pages/explore/compare.py", ":material/balance:"),
    )),
)

HOME = SECTIONS[0].pages[0]
PAGES = {entry.name: entry for section in SECTIONS for entry in section.pages}
