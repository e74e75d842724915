import re

import pytest
import torch

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES, load
from cnnviz.zoo.layer_purpose import purpose_key

ENTRIES = list(zoo.ARCHITECTURES.values())
PLAIN = ("lenet", "alexnet", "vgg", "nin")  # every row of theirs is a module
# name, year, then (rate, batch, size, what differs from the default form), as the course trains them
COURSE = [
    ("lenet", 1998, [(0.9, 256, 28, {}), (1.0, 256, 28, {"padding": 0, "batch_norm": "full"})]),
    ("alexnet", 2012, [(0.01, 128, 224, {})]),
    ("vgg", 2014, [(0.05, 128, 224, {"width": 0.25}), (0.05, 128, 96, {})]),
    ("nin", 2013, [(0.1, 128, 224, {})]),
]


@pytest.mark.parametrize(("name", "year", "recipes"), COURSE)
def test_year_and_recipes_are_the_courses(name, year, recipes):
    entry = zoo.ARCHITECTURES[name]
    assert entry.year == year
    told = [
        (r.learning_rate, r.batch_size, r.image_size, entry.changed(entry.resolve(r.options))) for r in entry.recipes
    ]
    assert told == recipes
    assert all((r.epochs, r.optimizer) == (10, "sgd") for r in entry.recipes)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_recipe_is_for_a_network_that_can_be_built(entry):
    for recipe in entry.recipes:
        zoo.build(entry.name, recipe.options, (1, recipe.image_size, recipe.image_size), 10, device="meta")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_paper_is_named_with_a_place_to_read_it(entry):
    assert entry.authors
    assert entry.paper.title
    assert entry.paper.venue
    assert re.fullmatch(r"https://\S+", entry.paper.url)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_its_facts_and_options_are_told_in_every_language(entry, language):
    t = load(f"zoo/{entry.name}", language)
    for key in ("idea", "line", "changed", "origin"):
        assert t(key)
    for option in entry.options:
        assert t(f"option.{option.name}.label")
        assert t(f"option.{option.name}.help")


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_no_word_stands_for_an_option_or_value_that_does_not_exist(entry):
    known = {f"option.{option.name}.{part}" for option in entry.options for part in ("label", "help")}
    known |= {
        f"option.{option.name}.value.{option.format(value)}" for option in entry.options for value in option.choices
    }
    assert set(load(f"zoo/{entry.name}").keys("option.")) <= known


def _leaf_names(entry, forms):
    names = set()
    for options in [*forms(entry, samples=6), {"dropout": 0.5}]:
        try:
            settled = entry.resolve(options)
        except UserError:
            continue
        with torch.device("meta"):
            network = entry.build(entry.input_shape(settled), entry.num_classes(settled), **settled)
        names |= {name for name, layer in network.named_modules() if not any(layer.children())}
    return names


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_every_layer_of_every_form_says_why_it_is_there(entry, forms):
    untold = {name for name in _leaf_names(entry, forms) if purpose_key(entry.name, name) is None}
    assert not untold


@pytest.mark.parametrize("name", PLAIN)
def test_every_reason_is_the_first_fit_of_some_layer(name, forms):
    given = {purpose_key(name, layer) for layer in _leaf_names(zoo.ARCHITECTURES[name], forms)}
    assert set(load(f"zoo/{name}").keys("why.")) == given


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLAIN)
def test_a_reason_takes_at_most_two_sentences(name, language):
    t = load(f"zoo/{name}", language)
    for key in t.keys("why."):
        assert 1 <= len(re.findall(r"[.。](?=\s|$|[^\d])", t(key).replace("...", ""))) <= 2, key


def test_a_second_call_has_the_reason_of_its_layer_and_a_stranger_none():
    assert purpose_key("vgg", "block2.conv1#2") == purpose_key("vgg", "block2.conv1") == "why.block*.conv1"
    assert purpose_key("vgg", "block1.conv1") == "why.block1.conv1"
    assert purpose_key("vgg", "stage1.add") is None


def test_the_first_pattern_of_the_file_that_fits_wins():
    assert purpose_key("alexnet", "relu7") == "why.relu[67]"
    assert purpose_key("alexnet", "relu5") == "why.relu*"
