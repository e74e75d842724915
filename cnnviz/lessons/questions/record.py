"""The records of a question: what it asks, its right and wrong values with their explanations, and what to draw."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from cnnviz.lessons.questions.forms import Form, Grid, LabelledValue, Response
from cnnviz.lessons.questions.sentence import Escape, Sentence

Facts = Mapping[str, Any]
"""The numbers and names that a question was drawn with; its sentences and procedures read them."""


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page and the parameters of its link, where the step that a question is about can be seen."""

    page: str
    """A name in the menu: "walkthrough", "operations", …"""
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    of_network: bool = True
    """Whether the parameters of the network (and of the image) belong into the link as well."""


@dataclass(frozen=True, slots=True)
class ShownGrid:
    """A grid of numbers that is drawn with a question, such as a window or a kernel."""

    title: Sentence
    values: Grid


@dataclass(frozen=True, slots=True)
class ShownCurve:
    """A curve that is drawn with a question: its heights over the `x` of all of them."""

    label: Sentence | str
    """A letter as the choices have it, or a name."""
    x: tuple[float, ...]
    y: tuple[float, ...]

    def title(self, language: str) -> str:
        """Return the label in `language`."""
        return self.label if isinstance(self.label, str) else self.label.describe(language)


@dataclass(frozen=True, slots=True)
class Scene:
    """The things that are drawn with a question, beside its form."""

    layer: str = ""
    """The row of the trace that it is about; "" for none."""
    unit: tuple[int, ...] | None = None
    """The unit to mark there: (channel, row, column), or (feature,)."""
    grids: tuple[ShownGrid, ...] = ()
    maps: tuple[ShownGrid, ...] = ()
    """Planes of values that are drawn in colours, such as attribution maps."""
    curves: tuple[ShownCurve, ...] = ()
    x_label: Sentence | None = None
    """Of the curves."""
    y_label: Sentence | None = None


@dataclass(frozen=True, slots=True)
class WrongValue:
    """The result of a named wrong procedure, and the sentence that says which step went wrong, with the numbers."""

    value: Response
    misconception: str
    """A name in `MISCONCEPTIONS`."""
    why: Sentence


@dataclass(frozen=True, slots=True)
class Question:
    """One item: what is asked, in which form, the right value, and wrong ones that named procedures give."""

    generator: str
    """A name in `GENERATORS`."""
    seed: int
    network: str
    """Its title."""
    facts: Facts
    asks: Sentence
    form: Form
    right: Response
    because: Sentence
    """How the right value comes about, with the numbers."""
    wrong: tuple[WrongValue, ...]
    link: PageLink
    scene: Scene = Scene()

    @property
    def options(self) -> tuple[LabelledValue, ...]:
        """The entries of a choice or an order; () for the other forms."""
        return getattr(self.form, "entries", ())


@dataclass(frozen=True, slots=True)
class Feedback:
    """The verdict on a response, the misconception behind it where it is known, and the explanation."""

    right: bool
    misconception: str | None
    """A name in `MISCONCEPTIONS`; None for a right response, and for a wrong one that no known procedure gives."""
    sentences: tuple[Sentence, ...]
    """Which step went wrong, and how the right value comes about."""
    link: PageLink

    def describe(self, language: str, escape: Escape = str) -> tuple[str, ...]:
        """Return the sentences in `language`."""
        return tuple(sentence.describe(language, escape) for sentence in self.sentences)
