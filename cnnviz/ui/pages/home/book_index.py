"""The sections of *Dive into Deep Learning* and the page of the app that each of them leads to."""

from dataclasses import dataclass

from cnnviz.facts import load_facts
from cnnviz.text import Text


@dataclass(frozen=True, slots=True)
class Section:
    """One section by its numbers in three editions, and where it leads."""

    english: str
    """In *Dive into Deep Learning*, 2023."""
    second: str
    """In 《动手学深度学习》, second edition (PyTorch)."""
    first: str
    """In 《动手学深度学习》, first edition (Gluon)."""
    about: str
    """A network of the zoo, or an operation: a key below `index` in the page's words."""

    def numbers(self, language: str) -> tuple[str, str, str]:
        """Return the number in the edition that a reader of `language` has most likely, and in the two others."""
        if language.startswith("zh"):
            return self.second, self.first, self.english
        return self.english, self.second, self.first

    @property
    def page(self) -> str:
        """The page of the app."""
        return "operations" if self.about in OPERATIONS else "walkthrough"

    @property
    def query(self) -> dict[str, str]:
        """The state of that page."""
        return {"op": self.about} if self.about in OPERATIONS else {"net": self.about}


OPERATIONS = ("correlation", "padding", "channels", "pooling", "batch_norm")

SECTIONS = (
    Section("7.2", "6.2", "5.1", "correlation"),
    Section("7.3", "6.3", "5.2", "padding"),
    Section("7.4", "6.4", "5.3", "channels"),
    Section("7.5", "6.5", "5.4", "pooling"),
    Section("7.6", "6.6", "5.5", "lenet"),
    Section("8.1", "7.1", "5.6", "alexnet"),
    Section("8.2", "7.2", "5.7", "vgg"),
    Section("8.3", "7.3", "5.8", "nin"),
    Section("8.4", "7.4", "5.9", "googlenet"),
    Section("8.5", "7.5", "5.10", "batch_norm"),
    Section("8.6", "7.6", "5.11", "resnet"),
    Section("8.7", "7.7", "5.12", "densenet"),
)
"""In the order of the book."""


def section_title(section: Section, t: Text) -> str:
    """Return what a section is about, in the words of the first page."""
    if section.about in OPERATIONS:
        return t(f"index.{section.about}")
    return next(network.title for network in load_facts().networks if network.name == section.about)
