"""A generator as CONTRIBUTING says to add one: facts, procedures, form, link; its sentences in a topic."""

from types import MappingProxyType

import pytest

from cnnviz import text
from cnnviz.lessons.questions import TracedNetwork, check, table
from cnnviz.lessons.questions.forms import NumberForm
from cnnviz.lessons.questions.generator import Difficulty, Generator
from cnnviz.lessons.questions.links import architecture
from cnnviz.models import ModelSpec

SENTENCES = {
    "values.title": "Values of a feature map",
    "values.ask": "How many values has one feature map of {layer}, {height}×{width}?",
    "values.because": "{height}·{width} = {right}.",
    "values.wrong.sizes_added": "You added: {height} + {width} = {wrong}.",
    "values.wrong.map_size_forgotten": "You counted the channels, {channels}.",
}


def draw_values(network, draw):
    row = network.pick(draw, "convolution")
    channels, height, width = row.shape
    return {"layer": row.name, "channels": channels, "height": height, "width": width}


VALUES = Generator(
    name="values",
    topic="questions/toy",
    draw=draw_values,
    right=lambda f: f["height"] * f["width"],
    wrong={
        "sizes_added": lambda f: f["height"] + f["width"],
        "map_size_forgotten": lambda f: f["channels"],
    },
    form=lambda f, _: NumberForm(),
    link=architecture,
    difficulty=Difficulty(level=1, largest=10_000),
)


def test_a_toy_generator_asks_and_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    known = text._sentences

    def with_toy(topic: str) -> dict[str, dict[str, str]]:
        toy = {key: dict.fromkeys(text.LANGUAGES, words) for key, words in SENTENCES.items()}
        return toy if topic == "questions/toy" else known(topic)

    monkeypatch.setattr(text, "_sentences", with_toy)
    monkeypatch.setattr(table, "GENERATORS", MappingProxyType({**table.GENERATORS, "values": VALUES}))
    network = TracedNetwork("LeNet", ModelSpec.of("lenet").trace()).about("conv2")
    question = table.generate("values", network, 3)
    assert question.asks.describe("en") == "How many values has one feature map of conv2, 10×10?"
    assert question.right == 100
    assert check(question, 20).describe("en") == ("You added: 10 + 10 = 20.", "10·10 = 100.")
    assert "values" in table.applicable(network)
