"""Every generator over the zoo's networks: one right value, wrong ones that differ, the same item everywhere."""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.lessons.questions import GENERATORS, MISCONCEPTIONS, NotApplicable, Question, TracedNetwork, check, generate
from cnnviz.lessons.questions.forms import is_number
from cnnviz.text import LANGUAGES
from tests.lessons.questions.independent import RIGHT_BY
from tests.lessons.questions.networks import all_networks

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden.json"
FEW, MANY = 40, 10_000
"""Items of each generator by default, and with `-m many`."""


NEAR = 0.02
"""Of two ways to compute a right value."""


def items(name: str, count: int) -> Iterator[tuple[Question, TracedNetwork]]:
    """`count` items of a generator, from all networks in turn that it can ask about."""
    able = []
    for network in all_networks():
        try:
            generate(name, network, 0)
        except NotApplicable:
            continue
        able.append(network)
    assert able, name
    for seed, network in zip(range(count), itertools.cycle(able), strict=False):
        yield generate(name, network, seed), network


def holds(question: Question, network: TracedNetwork) -> None:
    """Every promise that an item makes."""
    generator, form = GENERATORS[question.generator], question.form
    expected = RIGHT_BY[question.generator](question, network)
    assert form.distance(question.right, expected) <= min(form.tolerance, NEAR), (question.facts, expected)
    assert form.is_legal(question.right)
    assert len(question.wrong) >= generator.least
    values = [question.right, *(wrong.value for wrong in question.wrong)]
    for one, other in itertools.combinations(values, 2):
        assert form.distance(one, other) > 2 * form.tolerance, (question.facts, one, other)
    for wrong in question.wrong:
        assert wrong.value == generator.wrong[wrong.misconception](question.facts)
        feedback = check(question, wrong.value)
        assert (feedback.right, feedback.misconception) == (False, wrong.misconception)
    assert check(question, question.right).right
    if is_number(question.right):
        assert abs(question.right) <= generator.difficulty.largest
    shown = sum(len(line) for grid in question.scene.grids for line in grid.values)
    assert shown <= generator.difficulty.cells


@pytest.mark.parametrize("name", GENERATORS)
def test_every_item_is_right_by_another_way_and_its_wrong_values_differ(name: str) -> None:
    for question, network in items(name, FEW):
        holds(question, network)


@pytest.mark.many
@pytest.mark.parametrize("name", GENERATORS)
def test_ten_thousand_items_hold(name: str) -> None:
    for question, network in items(name, MANY):
        holds(question, network)


@pytest.mark.parametrize("name", GENERATORS)
def test_a_seed_gives_the_same_item_and_seeds_give_different_ones(name: str) -> None:
    first = list(items(name, 20))
    for seed, (question, network) in enumerate(first):
        assert generate(name, network, seed) == question
    assert len({(question.network, str(question.facts)) for question, _ in first}) > 1


@pytest.mark.parametrize("name", GENERATORS)
def test_every_sentence_of_an_item_can_be_said_in_every_language(name: str) -> None:
    for question, _ in items(name, 12):
        for language in LANGUAGES:
            sentences = [question.asks, question.because, *(wrong.why for wrong in question.wrong)]
            labels = [grid.title for grid in question.scene.grids]
            said = [sentence.describe(language) for sentence in [*sentences, *labels]]
            said += [entry.describe(language) for entry in question.options]
            assert all(words and "{" not in words and "(" not in words[:1] for words in said)
            assert GENERATORS[name].title(language)


def test_every_misconception_misleads_some_generator_and_every_procedure_has_a_name() -> None:
    used = {misconception for generator in GENERATORS.values() for misconception in generator.wrong}
    assert used == set(MISCONCEPTIONS)
    for misconception, language in itertools.product(MISCONCEPTIONS.values(), LANGUAGES):
        assert misconception.describe(language)


def test_every_procedure_leads_some_item_astray() -> None:
    for generator in GENERATORS.values():
        met = {wrong.misconception for question, _ in items(generator.name, 120) for wrong in question.wrong}
        assert met == set(generator.wrong), generator.name


def test_the_bank_of_misconceptions_is_covered_as_the_documentation_says() -> None:
    text = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
    said = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+) \|$", text, re.MULTILINE)
    assert {int(number) for number, _, _ in said} == set(range(1, 21))
    numbered = {name: entry.number for name, entry in MISCONCEPTIONS.items() if entry.number is not None}
    assert {name: int(number) for number, name, _ in said} == numbered
    for _, name, generators in said:
        assert re.findall(r"`([\w-]+)`", generators) == [one for one, by in GENERATORS.items() if name in by.wrong]


def test_every_machine_gives_these_items(request: pytest.FixtureRequest) -> None:
    """The first items of each generator on the first network that it can ask about; `--update-golden` writes them."""
    found = {}
    for name in GENERATORS:
        question = [question for question, _ in items(name, 3)]
        found[name] = [
            {
                "network": one.network,
                "right": one.right,
                "wrong": {wrong.misconception: wrong.value for wrong in one.wrong},
            }
            for one in question
        ]
    said = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(said, encoding="utf-8")
    assert json.loads(said) == json.loads(GOLDEN.read_text(encoding="utf-8"))
