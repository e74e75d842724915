"""A copy that is used again never shows what another call, or its network, has become."""

import gc
import weakref

import pytest
import torch
from torch import nn

from cnnviz.accelerate.model_pool import MOST_IDLE, leased_clone
from cnnviz.attribution import METHODS, Stopped, Target
from cnnviz.zoo import build
from tests.attribution import networks as small


@pytest.fixture
def networks():
    return small


def lent(model):
    with leased_clone(model) as (network, *_):
        return network


def test_a_copy_is_used_again_and_by_one_caller_at_a_time(networks):
    model = networks.residual()
    first = lent(model)
    assert first is not model
    with leased_clone(model) as (one, *_), leased_clone(model) as (two, *_):
        assert one is first
        assert two is not one
    with leased_clone(model) as (one, *_), leased_clone(model) as (two, *_), leased_clone(model) as (three, *_):
        pass
    kept = [id(network) for network in (one, two, three)]
    with leased_clone(model) as (one, *_), leased_clone(model) as (two, *_), leased_clone(model) as (three, *_):
        assert sum(id(network) in kept for network in (one, two, three)) == MOST_IDLE


CHANGES = {
    "a weight replaced": lambda model: setattr(model.fc, "weight", nn.Parameter(torch.ones(3, 64))),
    "a weight's numbers replaced": lambda model: setattr(model.fc.weight, "data", torch.ones(3, 64)),
    "a statistic written": lambda model: model.bn2.running_mean.add_(1),
    "a statistic replaced": lambda model: setattr(model.bn2, "running_mean", torch.ones(4)),
    "a module replaced": lambda model: setattr(model, "relu1", nn.Sigmoid()),
    "an attribute changed": lambda model: setattr(model.conv1, "padding", (0, 2)),
    "an attribute added": lambda model: setattr(model.conv1, "shift", 1.0),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_copy_of_what_the_network_was_is_not_used_again(networks, change):
    model, image = networks.residual(), networks.picture()
    before = lent(model)
    assert lent(model) is before
    CHANGES[change](model)
    assert lent(model) is not before
    fresh = networks.residual()
    CHANGES[change](fresh)
    if change != "an attribute changed":  # of a width that the dense layer does not take
        maps = [METHODS["gradient"].attribute(network, image, Target(1)).values for network in (model, fresh)]
        assert torch.equal(*maps)


def test_weights_written_in_place_are_the_copys_too(networks):
    model = networks.residual()
    before = lent(model)
    with torch.no_grad():
        model.fc.weight.mul_(2)
    assert lent(model) is before
    assert torch.equal(before.fc.weight, model.fc.weight)


def test_a_copy_that_was_rewired_hooked_or_broken_off_is_thrown_away(networks):
    model, image = networks.residual(), networks.picture()
    first = lent(model)
    METHODS["guided-backprop"].attribute(model, image, Target(1))
    second = lent(model)
    assert second is not first
    with leased_clone(model) as (network, *_):
        network.relu1.register_forward_hook(lambda *given: None)
    third = lent(model)
    assert third is not second
    with pytest.raises(Stopped):
        METHODS["gradient"].attribute(model, image, Target(1), stop=lambda: True)
    assert lent(model) is not third


class Counts(nn.Module):
    """Gives another answer at each call."""

    def __init__(self, kept):
        super().__init__()
        self.fc, self.kept = nn.Linear(4, 2), kept
        self.register_buffer("count", torch.zeros(()))

    def forward(self, x):
        if isinstance(self.kept, list):
            self.kept.append(1)
            return self.fc(x.flatten(1)) * len(self.kept)
        self.count += 1
        return self.fc(x.flatten(1)) * self.count


@pytest.mark.parametrize("kept", [None, [], [nn.Identity()]])
def test_a_network_that_remembers_its_calls_begins_anew_each_time(kept):
    model, image = Counts(kept), torch.ones(1, 1, 2, 2)
    maps = [METHODS["gradient"].attribute(model, image, Target(0)).values for _ in range(3)]
    assert torch.equal(maps[0], maps[1])
    assert torch.equal(maps[0], maps[2])


def test_a_network_that_nobody_holds_is_let_go():
    model = build("lenet", {}, (1, 28, 28), 10)
    METHODS["gradient"].attribute(model, torch.rand(1, 1, 28, 28), Target(1))
    gone = weakref.ref(model.conv1)
    del model
    gc.collect()
    assert gone() is None


def test_without_fast_paths_every_call_has_a_fresh_copy_and_the_same_map(networks, monkeypatch):
    model, image = networks.residual(), networks.picture()
    with_pool = METHODS["gradient"].attribute(model, image, Target(1)).values
    monkeypatch.setenv("CNNVIZ_PLAIN", "1")
    assert lent(model) is not lent(model)
    assert torch.equal(METHODS["gradient"].attribute(model, image, Target(1)).values, with_pool)
