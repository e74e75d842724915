"""Lessons: steps of one picture and one question each, in three languages, one TOML file a lesson."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cnnviz.text import DEFAULT_LANGUAGE

Words = Mapping[str, str]
"""One sentence in every language."""
Picture = Literal["maps", "kernels", "diagram", "none"]
PICTURES: tuple[Picture, ...] = ("maps", "kernels", "diagram", "none")
"""What a step shows: maps of its layer, that layer's kernels, the diagram of the network, nothing but the question."""
Support = Literal["worked", "half", "alone"]
SUPPORTS: tuple[Support, ...] = ("alone", "half", "worked")
"""How much of an item is given: nothing, the way without its last number, or all of it."""
MINUTES = 1.2
"""That a step takes on average."""


def in_language(words: Words, language: str) -> str:
    """Return the sentence in `language`."""
    return words.get(language, words[DEFAULT_LANGUAGE])


@dataclass(frozen=True, slots=True)
class Item:
    """A kind of question about a network, or about one layer of it."""

    question: str
    """A name in `GENERATORS`."""
    network: str
    """Trained weights, or an architecture and its options: "lenet-digits", "lenet pool=max"."""
    layer: str = ""
    """The row that it asks about; "" for any."""
    image: int | None = None
    """Number of the digit that it reads; where none is named, a trained network reads the first, any other none."""


@dataclass(frozen=True, slots=True)
class LessonStep:
    """One screen: where to look, one question, what there was to see, and the explanation by contrast."""

    item: Item
    look: Words
    picture: Picture = "maps"
    support: Support = "alone"
    saw: tuple[Words, ...] = ()
    """Choices of "what did you see?"; the first is right."""
    contrast: Words | None = None
    beside: str = ""
    """A second network whose same layer is shown beside the first after the reveal; "" for none."""
    hint: Words | None = None
    """In place of the way without its last number."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson: the same kind of question on another network before and after, and between them its steps."""

    name: str
    place: int
    """In the course's order, from 1."""
    title: Words
    transfer: Item
    steps: tuple[LessonStep, ...]
    closing: tuple[Words, ...]
    """The sentences at the end."""
    why: tuple[Words, Words] | None = None
    """A question to answer in one's own words, and an answer to compare with."""
    section: str = ""
    """Of the book, as its index on the first page names it."""
    links: tuple[str, ...] = ()
    """Pages with the state of their links, such as "operations?op=padding"."""
    answers: tuple[str, ...] = ()
    """Questions of the course's exercises that it answers, by the names in `docs/lessons.md`."""

    @property
    def screens(self) -> tuple["Screen", ...]:
        """Return every screen in order: the question before, the steps, why, the question after, the end."""
        own = tuple(Screen("step", step) for step in self.steps)
        why = (Screen("why"),) if self.why else ()
        return (Screen("before"), *own, *why, Screen("after"), Screen("end"))

    @property
    def minutes(self) -> int:
        """Return about how long it takes."""
        return round(MINUTES * (len(self.screens) - 1))


@dataclass(frozen=True, slots=True)
class Screen:
    """A place in a lesson."""

    kind: Literal["before", "step", "why", "after", "end"]
    step: LessonStep | None = None
