"""Generators about the tests of trust: maps of random weights, and the score while pixels are deleted."""

from itertools import pairwise

import torch

from cnnviz.attribution import METHODS, Attribution, Target
from cnnviz.attribution.trust.deletion_insertion import faithfulness
from cnnviz.attribution.trust.importance import rank_correlation
from cnnviz.attribution.trust.randomisation import list_stages, randomise_stage
from cnnviz.errors import UserError
from cnnviz.lessons.questions.draw import Draw
from cnnviz.lessons.questions.explained_network import (
    GRADIENT,
    GUIDED,
    INPUT_GRADIENT,
    SHARES,
    attribution_map,
    class_name,
    class_scores,
    explained_module,
    method_title,
    saliency_link,
    shown_map,
)
from cnnviz.lessons.questions.generator import Difficulty, Generator, by_value
from cnnviz.lessons.questions.network import NotApplicable, TracedNetwork
from cnnviz.lessons.questions.record import Facts, Scene, ShownCurve
from cnnviz.lessons.questions.rounding import steady
from cnnviz.lessons.questions.sentence import Sentence
from cnnviz.module_copy.clone import clone_sharing_weights

TOPIC = "questions/trust_tests"
SEEDS = 4
"""Sets of random weights."""
APART = 0.05
"""Between rank correlations, and between areas under curves, that are compared."""
STEPS = 12
LETTERS = "ABC"
FASTEST_FIRST = ("map", "centre", "random")
"""Orders of deletion, the one in front after which the probability falls first."""


def _draw_randomised(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Maps of three methods, and their agreement with those of the same network with random weights."""
    network.rows("relu")  # where there is none, guided backpropagation is the gradient
    own, _ = class_scores(network)
    target, seed = int(own.argmax()), draw.below(SEEDS)
    try:
        pairs, agreements = network.once(f"random/{seed}", lambda: _random_pairs(network, target, seed))
    except UserError as error:  # guided backpropagation needs each ReLU to be a module
        raise NotApplicable("question_none", network=network.title) from error
    rounded = {name: steady(value, 2) for name, value in agreements.items()}
    correlations = {name: value for name, value in rounded.items() if value is not None}
    first, second, *_ = sorted((abs(value) for value in correlations.values()), reverse=True)
    if len(correlations) < len(pairs) or first - second < APART:
        return None
    return {
        "class": class_name(network, target),
        "correlations": correlations,
        "agreements": [
            Sentence(TOPIC, "agreement", {"method": method_title(name), "value": value})
            for name, value in correlations.items()
        ],
        "maps": {"each": {name: tuple(one.values for one in pair) for name, pair in pairs.items()}},
    }


def _random_pairs(
    network: TracedNetwork, target: int, seed: int
) -> tuple[dict[str, tuple[Attribution, Attribution]], dict[str, float]]:
    """Return the maps of the network as it is and with random weights, by method, and their rank correlations."""
    module, image = explained_module(network)
    random = clone_sharing_weights(module)
    for stage in list_stages(module, image):
        randomise_stage(random, stage, seed)
    pairs = {
        name: (attribution_map(network, name, target), METHODS[name].attribute(random, image, Target(target)))
        for name in (GRADIENT, INPUT_GRADIENT, GUIDED)
    }
    return pairs, {name: rank_correlation(own.flat(), other.flat()) for name, (own, other) in pairs.items()}


def _by_agreement(facts: Facts, place: int) -> str:
    names: list[str] = sorted(facts["correlations"], key=lambda name: abs(facts["correlations"][name]))
    return names[place]


def _random_scene(facts: Facts) -> Scene:
    return Scene(
        maps=tuple(
            shown_map(Sentence(TOPIC, f"weights.{kind}", {"method": method_title(name)}), values)
            for name, pair in facts["maps"]["each"].items()
            for kind, values in zip(("trained", "random"), pair, strict=True)
        )
    )


RANDOMISED_MAP = Generator(
    name="randomised-map",
    topic=TOPIC,
    draw=_draw_randomised,
    right=lambda f: _by_agreement(f, -1),
    wrong={
        "agreement_is_quality": lambda f: _by_agreement(f, 0),
        "middle_is_safe": lambda f: _by_agreement(f, 1),
    },
    form=lambda f, values: by_value(values, lambda name: method_title(str(name))),
    link=lambda f: saliency_link(GUIDED, trust="randomisation"),
    scene=_random_scene,
    difficulty=Difficulty(level=2),
    needs_image=True,
)


def _draw_deletion(network: TracedNetwork, draw: Draw) -> Facts | None:
    """Curves of the probability while pixels are deleted in three orders, with letters in a drawn order."""
    own, _ = class_scores(network)
    target = int(own.argmax())
    curves = network.once("deletion", lambda: _deletion_curves(network, target))
    areas = [sum(curves[name]) / len(curves[name]) for name in FASTEST_FIRST]
    if any(after - before < APART for before, after in pairwise(areas)):
        return None
    letters = dict(zip(draw.shuffled(FASTEST_FIRST), LETTERS, strict=True))
    asked = draw.one_of(FASTEST_FIRST)
    return {
        "class": class_name(network, target),
        "method": method_title(SHARES),
        "asked": asked,
        "order": Sentence(TOPIC, f"order.{asked}"),
        "letters": letters,
        "curves": curves,
        "means": [f"{letters[name]}: {area:.2f}" for name, area in zip(FASTEST_FIRST, areas, strict=True)],
    }


def _deletion_curves(network: TracedNetwork, target: int) -> dict[str, tuple[float, ...]]:
    module, image = explained_module(network)
    tested = faithfulness(module, image, attribution_map(network, SHARES, target), torch.zeros_like(image), steps=STEPS)
    curves = {"map": tested.own} | {name: tested.controls[name] for name in FASTEST_FIRST[1:]}
    return {name: tuple(round(score, 4) for score in one.deletion.scores) for name, one in curves.items()}


def _letter_as_in(facts: Facts, order: tuple[str, ...]) -> str:
    """Return the letter at the rank that `order` gives to the order of deletion that is asked for."""
    return str(facts["letters"][FASTEST_FIRST[order.index(facts["asked"])]])


def _deletion_scene(facts: Facts) -> Scene:
    x = tuple(100 * step / STEPS for step in range(STEPS + 1))
    by_letter = sorted((letter, facts["curves"][name]) for name, letter in facts["letters"].items())
    return Scene(
        curves=tuple(ShownCurve(letter, x, scores) for letter, scores in by_letter),
        x_label=Sentence(TOPIC, "axis.deleted"),
        y_label=Sentence(TOPIC, "axis.probability", {"class": facts["class"]}),
    )


DELETION_CURVE = Generator(
    name="deletion-curve",
    topic=TOPIC,
    draw=_draw_deletion,
    right=lambda f: f["letters"][f["asked"]],
    wrong={
        "faithful_map_keeps_score": lambda f: _letter_as_in(f, FASTEST_FIRST[::-1]),
        "random_falls_fastest": lambda f: _letter_as_in(f, ("random", "map", "centre")),
        "centre_falls_fastest": lambda f: _letter_as_in(f, ("centre", "random", "map")),
    },
    form=lambda f, values: by_value(tuple(sorted(values)), str),
    link=lambda f: saliency_link(SHARES, trust="deletion"),
    scene=_deletion_scene,
    difficulty=Difficulty(level=2),
    needs_image=True,
)

GENERATORS = (RANDOMISED_MAP, DELETION_CURVE)
