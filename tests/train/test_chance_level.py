"""What guessing gives, and when a training is where guessing is."""

import dataclasses
import math

import pytest
import torch
from torch import nn

from cnnviz.train import EpochReport, train
from cnnviz.train.chance_level import Plateau, chance_level, find_plateau
from tests.train.small import Labelled, patterns

BALANCED = chance_level(torch.arange(1000) % 10)
ONE_IN_FOUR = chance_level(torch.tensor([0, 0, 0, 1]).repeat(50))


def test_of_equally_large_classes_guessing_costs_the_logarithm_of_their_number():
    assert BALANCED.classes == 10
    assert BALANCED.uniform_loss == pytest.approx(2.302585, abs=1e-6)
    assert BALANCED.loss == pytest.approx(math.log(10))
    assert BALANCED.accuracy == pytest.approx(0.1)


def test_of_unequal_classes_the_best_guess_is_their_shares():
    assert ONE_IN_FOUR.accuracy == 0.75
    assert ONE_IN_FOUR.uniform_loss == pytest.approx(math.log(2))
    assert ONE_IN_FOUR.loss == pytest.approx(-(0.75 * math.log(0.75) + 0.25 * math.log(0.25)))


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_no_constant_answer_has_a_smaller_loss(smoothing):
    labels = torch.tensor([0, 0, 0, 1, 2, 2]).repeat(10)
    logits = torch.zeros(3, requires_grad=True)
    optimizer = torch.optim.LBFGS([logits], max_iter=100, tolerance_grad=1e-9)

    def loss():
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(logits.expand(60, 3), labels, label_smoothing=smoothing)
        value.backward()
        return value

    optimizer.step(loss)
    assert chance_level(labels, smoothing).loss == pytest.approx(float(loss().detach()), abs=1e-5)


def test_of_several_classes_an_image_each_is_a_guess_of_its_own():
    level = chance_level(torch.tensor([[1.0, 0.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]))
    by_hand = (math.log(2) - (0.25 * math.log(0.25) + 0.75 * math.log(0.75))) / 2
    assert level.loss == pytest.approx(by_hand)
    assert level.uniform_loss == pytest.approx(math.log(2))
    assert level.accuracy is None


@pytest.mark.parametrize(
    ("numbers", "levels", "expected"),
    [
        ((2.303, 0.10, 2.3026, 0.10), BALANCED, Plateau("loss", math.log(10), 0.1)),
        ((2.320, 0.11, 2.3100, 0.10), BALANCED, Plateau("loss", math.log(10), 0.1)),
        ((2.303, 0.11, 2.3026, 0.11), BALANCED, Plateau("loss", math.log(10))),
        ((2.303, 0.20, 1.9000, 0.35), BALANCED, None),  # a mean on its way down
        ((1.900, 0.30, 2.3030, 0.10), BALANCED, None),  # moving averages that have not caught up
        ((2.250, 0.18, 2.2000, 0.22), BALANCED, None),
        ((4.000, 0.10, 3.5000, 0.10), BALANCED, Plateau("accuracy", 0.1)),
        ((0.566, 0.75, 0.5650, 0.75), ONE_IN_FOUR, Plateau("accuracy", 0.75)),
        ((0.566, 0.78, 0.5650, 0.76), ONE_IN_FOUR, Plateau("loss", ONE_IN_FOUR.loss)),
        ((0.540, 0.75, 0.5300, 0.75), ONE_IN_FOUR, Plateau("accuracy", 0.75)),
        ((0.540, 0.75, 0.5300, 0.74), ONE_IN_FOUR, Plateau("accuracy", 0.75)),
        ((0.500, 0.80, 0.4800, 0.78), ONE_IN_FOUR, None),
        ((0.500, 0.82, 0.6500, 0.75), ONE_IN_FOUR, None),
        ((0.0, 1.0, 0.0, 1.0), chance_level(torch.zeros(9, dtype=torch.int64)), None),
    ],
)
def test_a_plateau_is_a_loss_or_an_accuracy_that_guessing_reaches(numbers, levels, expected):
    found = find_plateau(*numbers, levels, levels)
    assert (found and found.kind) == (expected and expected.kind)
    assert found is None or found.chance == pytest.approx(expected.chance)


def epochs(network, training_set, test_set, config):
    return [report for report in train(network, training_set, test_set, config) if isinstance(report, EpochReport)]


def test_a_training_whose_rate_is_too_small_to_move_anything_is_told(training_set, test_set, config):
    network = nn.Sequential(nn.Flatten(), nn.Linear(144, 3))
    with torch.no_grad():
        network[1].weight.mul_(1e-3)
        network[1].bias.zero_()
    still = dataclasses.replace(config, learning_rate=1e-8, init="default")
    assert [epoch.plateau.kind for epoch in epochs(network, training_set, test_set, still)] == ["loss", "loss"]


def test_a_network_that_answers_its_largest_class_whatever_the_image_is_told(config):
    images = patterns(80, classes=2)
    uneven = Labelled(images.images, (torch.arange(80) % 5 == 0).long())
    network = nn.Sequential(nn.Flatten(), nn.Linear(144, 2))
    with torch.no_grad():
        network[1].weight.zero_()
        network[1].bias.copy_(torch.tensor([3.0, 0.0]))
    still = dataclasses.replace(config, learning_rate=1e-8, init="default", epochs=1)
    (epoch,) = epochs(network, uneven, uneven, still)
    assert epoch.test_accuracy == 0.8
    assert epoch.plateau == Plateau("accuracy", 0.8)


def test_a_training_that_learns_is_told_nothing(network, training_set, test_set, config):
    assert epochs(network, training_set, test_set, dataclasses.replace(config, epochs=4))[-1].plateau is None
