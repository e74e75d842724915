"""Facts and reasons of the networks whose branches join: their operations are rows that need a reason too."""

import re

import pytest

from cnnviz.text import LANGUAGES, load
from cnnviz.zoo import architecture, build
from cnnviz.zoo.densenet import DenseLayer
from cnnviz.zoo.googlenet import Inception
from cnnviz.zoo.inverted_residual import InvertedResidual
from cnnviz.zoo.layer_purpose import purpose_key
from cnnviz.zoo.residual import BasicBlock, Bottleneck, PreActivatedBasicBlock, PreActivatedBottleneck
from cnnviz.zoo.squeeze_excitation import SqueezeExcitation

JOINS = {
    Inception: "cat",
    DenseLayer: "cat",
    InvertedResidual: "add",
    SqueezeExcitation: "mul",
    BasicBlock: "add",
    Bottleneck: "add",
    PreActivatedBasicBlock: "add",
    PreActivatedBottleneck: "add",
}
FORMS = {
    "googlenet": [{}, {"batch_norm": True}, {"form": "small"}, {"form": "torchvision"}],
    "resnet": [
        {**form, "order": order, "stem": stem}
        for form in ({}, {"form": "torchvision"}, {"form": "torchvision", "depth": 50})
        for order in ("post", "pre")
        for stem in ("plain", "deep")
    ],
    "densenet": [{}, {"bottleneck": True}, {"form": "torchvision"}],
    "mobilenet": [{}, {"activation": "relu6"}, {"version": "v2"}, {"version": "v3-small"}, {"version": "v3-large"}],
}
COURSE = {
    "googlenet": (2014, [(0.1, 128, 96, 10, "sgd"), (0.001, 16, 96, 5, "adam")]),
    "resnet": (2015, [(0.05, 256, 96, 10, "sgd")]),
    "densenet": (2016, [(0.1, 256, 96, 10, "sgd")]),
    "mobilenet": (2017, [(0.1, 256, 96, 10, "sgd")]),
}


def rows(name: str) -> set[str]:
    """The leaf layers and the joining operations of every form, as a trace names them."""
    named = set()
    for options in FORMS[name]:
        for path, layer in build(name, options, device="meta").named_modules():
            if type(layer) in JOINS:
                named.add(f"{path}.{JOINS[type(layer)]}")
            if not any(layer.children()):
                named.add(path)
    return named


@pytest.mark.parametrize("name", FORMS)
def test_every_row_has_a_reason_and_every_reason_a_row(name):
    given = {row: purpose_key(name, row) for row in rows(name)}
    assert [row for row, key in given.items() if key is None] == []
    assert set(given.values()) == set(load(f"zoo/{name}").keys("why."))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORMS)
def test_a_reason_takes_at_most_two_sentences(name, language):
    t = load(f"zoo/{name}", language)
    for key in t.keys("why."):
        assert 1 <= len(re.findall(r"[.。](?=\s|$|[^\d])", t(key))) <= 2, key


@pytest.mark.parametrize("name", COURSE)
def test_year_and_recipes_are_the_course_s(name):
    entry = architecture(name)
    told = [(r.learning_rate, r.batch_size, r.image_size, r.epochs, r.optimizer) for r in entry.recipes]
    assert (entry.year, told) == COURSE[name]
    assert all(r.options is None for r in entry.recipes)
