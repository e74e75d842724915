"""The item of a screen: which question about which network, its seed, and the network traced with its digit."""

from dataclasses import replace
from functools import cache

from cnnviz.data.datasets import dataset
from cnnviz.lessons.lesson import Item, Lesson, Screen
from cnnviz.lessons.lesson_network import lesson_model, network_title
from cnnviz.lessons.questions import Question, TracedNetwork, generate
from cnnviz.lessons.questions.sentence import Sentence

IMAGES = "digits"
"""The set whose test images lessons read."""
_WITH_A_WAY = ("number", "cell", "fill")
"""Forms whose way without its last number gives nothing away."""


def item_of(lesson: Lesson, screen: Screen) -> Item:
    """Return the item of a screen with a question."""
    return lesson.transfer if screen.step is None else screen.step.item


def item_seed(lesson: Lesson, place: int, seed: int) -> int:
    """Return the seed of the item at screen `place`, from 1; the question after has another answer than that before."""
    own = 100 * seed + place
    if lesson.screens[place - 1].kind != "after":
        return own
    before = _transfer(lesson, item_seed(lesson, 1, seed)).right
    seeds = range(own, 100 * (seed + 1), 10)
    return next((other for other in seeds if _transfer(lesson, other).right != before), own)


def _transfer(lesson: Lesson, seed: int) -> Question:
    return generate(lesson.transfer.question, traced_item(lesson.transfer), seed)


@cache
def _traced(network: str, image: int | None) -> TracedNetwork:
    model = lesson_model(network)
    number = 0 if image is None and model.source.is_trained else image
    if number is None:
        return TracedNetwork(network_title(model.spec), model.spec.trace())
    images = dataset(IMAGES).load("test").images
    prepared = model.preparation(images[number % len(images)])
    return TracedNetwork.of_model(model, network_title(model.spec), prepared.tensor)


def traced_item(item: Item) -> TracedNetwork:
    """Return the network of an item, with the digit that it reads, for questions about its layer."""
    return _traced(item.network, item.image).about(item.layer)


def way_without_result(question: Question) -> Sentence | None:
    """Return how the right value comes about with question marks for its last numbers; None where that tells it."""
    if question.form.name not in _WITH_A_WAY:
        return None
    values = {name: "?" if name.startswith("right") else value for name, value in question.because.values.items()}
    return replace(question.because, values=values)
