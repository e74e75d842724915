"""Generators: an item from a traced network and a seed, each wrong value the result of a named wrong procedure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.forms import ChoiceForm, Form, LabelledValue, Response
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, PageLink, Question, Scene, WrongValue
from cnnviz.lessons.questions.sentence import Sentence

ATTEMPTS = 200
"""Draws until an item has enough wrong values that differ."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """Bounds of every item of a generator."""

    level: int
    """1: look, or one operation; 2: a formula with some numbers; 3: several formulas after each other."""
    largest: float = 1.0
    """The largest absolute value of a right number."""
    cells: int = 0
    """The most numbers that are shown in grids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generator:
    """One kind of question: how its facts are drawn, the right procedure, and the wrong ones by misconception.

    Its sentences are in `text/<topic>.toml`, as `<name>.title`, `<name>.ask`, `<name>.because` and
    `<name>.wrong.<misconception>`; they may name every fact, `right`, and `wrong` in the last.
    """

    name: str
    topic: str
    draw: Callable[[TracedNetwork, Draw], Facts | None]
    """Draws the facts, or None for a draw that makes no good item; raises `NotApplicable` where none can."""
    right: Callable[[Facts], Response]
    wrong: Mapping[str, Callable[[Facts], Response | None]]
    """A procedure by the name of its misconception; None where it does not apply. The first of equal results counts."""
    form: Callable[[Facts, tuple[Response, ...]], Form]
    """From the facts and the values to choose among, in the order in which they are shown."""
    link: Callable[[Facts], PageLink]
    difficulty: Difficulty
    scene: Callable[[Facts], Scene] = lambda facts: Scene(layer=facts.get("layer", ""))
    least: int = 2
    """The fewest wrong values of an item."""
    needs_image: bool = False
    """Whether it asks about real values."""

    def title(self, language: str) -> str:
        """Return its name in menus."""
        return Sentence(self.topic, f"{self.name}.title").describe(language)

    def item(self, network: TracedNetwork, seed: int) -> Question:
        """Return the item of `seed`, the same on every machine.

        Raises:
            NotApplicable: the network has nothing that it could ask about.
        """
        draw = Draw(self.name, seed)
        for _ in range(ATTEMPTS):
            facts = self.draw(network, draw)
            question = None if facts is None else self._question(network, seed, facts, draw)
            if question is not None:
                return question
        raise NotApplicable("question_none", network=network.title)

    def _question(self, network: TracedNetwork, seed: int, facts: Facts, draw: Draw) -> Question | None:
        right = self.right(facts)
        probe = self.form(facts, (right,))
        held: dict[str, Response] = {}
        for misconception, procedure in self.wrong.items():
            value = procedure(facts)
            if value is not None and _differs(probe, value, (right, *held.values())):
                held[misconception] = value
        if len(held) < self.least:
            return None
        form = self.form(facts, draw.shuffled((right, *held.values())))
        said = {"network": network.title} | _sayable(facts) | _spoken("right", right, form)
        return Question(
            generator=self.name,
            seed=seed,
            network=network.title,
            facts=MappingProxyType(dict(facts)),
            asks=Sentence(self.topic, f"{self.name}.ask", said),
            form=form,
            right=right,
            because=Sentence(self.topic, f"{self.name}.because", said),
            wrong=tuple(
                WrongValue(
                    value,
                    misconception,
                    Sentence(self.topic, f"{self.name}.wrong.{misconception}", said | _spoken("wrong", value, form)),
                )
                for misconception, value in held.items()
            ),
            link=self.link(facts),
            scene=self.scene(facts),
        )


def _differs(form: Form, value: Response, others: tuple[Response, ...]) -> bool:
    """Return whether no response can be within the tolerance of `value` and of one of the others."""
    legal = isinstance(form, ChoiceForm) or form.is_legal(value)
    return legal and all(form.distance(value, other) > 2 * form.tolerance for other in others)


def _sayable(facts: Facts) -> dict[str, Any]:
    """Return the facts that a sentence can name: numbers, words, lists of them, shapes."""
    return {name: value for name, value in facts.items() if _is_sayable(value)}


def _is_sayable(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(isinstance(side, int) for side in value)
    return isinstance(value, int | float | str | list | Sentence)


def _spoken(name: str, value: Response, form: Form) -> dict[str, Any]:
    """Return `value` as sentences name it: a cell also as `<name>_row` and `<name>_column`."""
    labels = {entry.value: entry.label for entry in getattr(form, "entries", ())}
    if form.name == "cell":
        return {f"{name}_row": value[0], f"{name}_column": value[1]}
    if form.name == "order":
        return {name: [labels[one] for one in value]}
    if form.name in ("fill", "curve"):
        return {}
    return {name: labels.get(value, value)}


def by_value(values: tuple[Response, ...], label: Callable[[Response], Sentence | str]) -> ChoiceForm:
    """Return the choice among `values`, each with its label."""
    return ChoiceForm(tuple(LabelledValue(value, label(value)) for value in values))
