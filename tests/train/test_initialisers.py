import math

import pytest
import torch
from torch import nn

from cnnviz.train.initialisers import INITIALISERS, initialise


def network():
    return nn.Sequential(nn.Conv2d(8, 64, 5), nn.BatchNorm2d(64), nn.Flatten(), nn.Linear(300, 200))


def test_xavier_is_uniform_within_the_root_of_six_over_both_fans():
    model = network()
    initialise(model, "xavier", 1)
    for weight, fans in ((model[0].weight, (8 + 64) * 25), (model[3].weight, 500)):
        bound = math.sqrt(6 / fans)
        assert 0.98 * bound < weight.max() <= bound
        assert float(weight.detach().std()) == pytest.approx(bound / math.sqrt(3), rel=0.05)


def test_he_is_normal_with_variance_two_over_the_inputs():
    model = network()
    initialise(model, "he", 1)
    assert float(model[0].weight.detach().std()) == pytest.approx(math.sqrt(2 / 200), rel=0.05)
    assert float(model[3].weight.detach().std()) == pytest.approx(math.sqrt(2 / 300), rel=0.05)


def test_default_leaves_every_weight_as_it_was_handed_over():
    model = network()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    initialise(model, "default", 1)
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("init", [name for name, draw in INITIALISERS.items() if draw])
def test_a_seed_gives_the_same_weights_leaves_biases_and_the_global_draws_alone(init):
    first, second, third = network(), network(), network()
    bias, state = first[0].bias.clone(), torch.get_rng_state()
    initialise(first, init, 3)
    initialise(second, init, 3)
    initialise(third, init, 4)
    assert torch.equal(first[0].weight, second[0].weight)
    assert not torch.equal(first[0].weight, third[0].weight)
    assert torch.equal(first[0].bias, bias)
    assert torch.equal(torch.get_rng_state(), state)


def test_the_layout_of_the_weights_does_not_change_their_draw():
    plain, last = network(), network().to(memory_format=torch.channels_last)
    initialise(plain, "xavier", 3)
    initialise(last, "xavier", 3)
    assert torch.equal(plain[0].weight, last[0].weight)
