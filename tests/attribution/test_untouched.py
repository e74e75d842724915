"""The shared network after an attribution, and beside other threads."""

import copy
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Event

import numpy as np
import pytest
import torch
from torch import nn

from cnnviz.accelerate.model_pool import leased_clone
from cnnviz.attribution import METHODS, Stopped, Target
from cnnviz.errors import UserError
from cnnviz.module_copy.clone import clone_sharing_weights
from cnnviz.zoo import build


def everything(model):
    """Weights, buffers, hooks, modes, requires_grad and attributes of every module."""
    facts = {}
    for name, module in model.named_modules():
        for key, value in vars(module).items():
            plain = not isinstance(value, dict) and not torch.is_tensor(value)
            facts[name, key] = value if plain else sorted(map(str, value)) if isinstance(value, dict) else value.clone()
        for kind in ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks"):
            facts[name, kind, "count"] = len(getattr(module, kind))
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        facts[name] = (id(tensor), tensor.requires_grad, tensor.grad is None, tensor.detach().clone().tolist())
    return facts


@pytest.fixture
def network(networks):
    """With a hook, one module in training mode and one frozen weight, all of which must stay."""
    network = networks.residual()
    network.conv1.register_forward_hook(lambda module, given, output: None)
    network.bn2.train()
    network.fc.weight.requires_grad_(False)
    return network


FEWER = {"kernel-shap": {"samples": 32}}


@pytest.mark.parametrize("name", METHODS)
def test_nothing_of_the_model_and_no_global_generator_changes(network, networks, name):
    before, state, drawn = everything(network), torch.get_rng_state(), np.random.get_state()
    layer = "relu3" if METHODS[name].needs_layer else ""
    METHODS[name].attribute(network, networks.picture(), Target(1), layer=layer, options=FEWER.get(name))
    assert everything(network) == before
    assert torch.equal(torch.get_rng_state(), state)
    assert all(map(np.array_equal, np.random.get_state(), drawn))


@pytest.mark.parametrize("name", METHODS)
def test_no_hook_of_captum_stays_on_a_copy_that_is_used_again(networks, name):
    network, calls = networks.residual(), []

    def stop():
        calls.append(1)
        return len(calls) == 2

    layer = "relu3" if METHODS[name].needs_layer else ""
    for stopping in (None, stop):
        with suppress(Stopped):
            METHODS[name].attribute(
                network, networks.picture(), Target(1), layer=layer, stop=stopping, options=FEWER.get(name)
            )
        with leased_clone(network) as (copy, *_):
            facts = everything(copy)
        assert not any(value for key, value in facts.items() if key[-1] == "count")
        assert {type(module) for module in copy.modules()} == {type(module) for module in network.modules()}


@pytest.mark.parametrize("name", [name for name, entry in METHODS.items() if entry.stochastic])
def test_what_another_thread_draws_changes_no_map_and_a_map_nothing_of_what_it_draws(networks, name):
    network, image, going = networks.residual(), networks.picture(), Event()
    ask = partial(METHODS[name].attribute, network, image, Target(1), seed=4, options=FEWER.get(name))
    quiet = ask().values

    def draw():
        while not going.is_set():
            torch.rand(3)
            np.random.get_state()

    with ThreadPoolExecutor(1) as threads:
        drawing = threads.submit(draw)
        beside = [ask().values for _ in range(3)]
        going.set()
        drawing.result()
    assert all(torch.equal(one, quiet) for one in beside)


def test_numpys_generator_is_free_while_the_network_runs_and_as_it_was_afterwards(networks):
    network, image = networks.residual(), networks.picture()
    np.random.seed(11)
    expected = np.random.RandomState(11).uniform(size=4)
    seen = []
    METHODS["gradient-shap"].attribute(
        network, image, Target(1), options={"samples": 8}, progress=lambda *told: seen.append(np.random.uniform())
    )
    seen += list(np.random.uniform(size=4 - len(seen)))
    assert seen == list(expected)


@pytest.mark.parametrize("name", METHODS)
def test_nothing_changes_where_the_work_is_broken_off(network, networks, name):
    before, calls = everything(network), []

    def stop():
        calls.append(1)
        return len(calls) > 1

    layer = "relu3" if METHODS[name].needs_layer else ""
    try:
        METHODS[name].attribute(network, networks.picture(), Target(1), layer=layer, stop=stop, options=FEWER.get(name))
    except Stopped:
        assert len(calls) > 1
    else:
        assert len(calls) <= 1
    with pytest.raises(UserError):
        METHODS[name].attribute(network, networks.picture(), Target(9), layer=layer)
    assert everything(network) == before


def test_a_copy_shares_the_weights_and_nothing_else():
    class Odd(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(4, 2)
            self.again, self.seen, self.register = self.fc, [], {"fc": self.fc}
            self.register_buffer("count", torch.zeros(()))

        def forward(self, x):
            self.seen.append(len(x))
            self.count += 1
            self.last = x
            return self.register["fc"](self.again(x)[:, :2].repeat(1, 2))

    model = Odd()
    other = clone_sharing_weights(model)
    other(torch.ones(3, 4))
    assert other.again is other.fc
    assert other.register["fc"] is other.fc
    assert other.fc is not model.fc
    assert other.fc.weight.data_ptr() == model.fc.weight.data_ptr()
    assert (model.seen, float(model.count), hasattr(model, "last"), model.training) == ([], 0.0, False, True)


def test_two_threads_on_one_network_get_the_maps_of_one():
    network = build("lenet", {"pool": "max", "activation": "relu"}, (1, 28, 28), 10)
    names = [*METHODS, *METHODS]
    options = {
        "smoothgrad": {"samples": 4},
        "kernel-shap": {"samples": 32},
        "integrated-gradients": {"steps": 8},
        "conductance": {"steps": 8},
        "gradient-shap": {"samples": 4},
        "occlusion": {"window": 8, "stride": 8},
    }

    def maps(first):
        found = []
        for number in range(30):
            name = names[(first + number) % len(names)]
            image = torch.rand(1, 1, 28, 28, generator=torch.Generator().manual_seed(number))
            layer = "relu2" if METHODS[name].needs_layer else ""
            found.append(
                METHODS[name]
                .attribute(network, image, Target(number % 10), options=options.get(name), layer=layer, seed=number)
                .values
            )
        return found

    alone = [maps(first) for first in (0, 7)]
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(maps, (0, 7)))
    for one, twin in zip(alone, together, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(one, twin, strict=True))


@pytest.mark.parametrize("name", METHODS)
def test_a_network_in_training_mode_is_questioned_in_evaluation_mode(networks, name):
    network = networks.residual()
    training = copy.deepcopy(network).train()
    layer = "relu3" if METHODS[name].needs_layer else ""
    a, b = (
        METHODS[name].attribute(model, networks.picture(), Target(1), layer=layer, options=FEWER.get(name))
        for model in (network, training)
    )
    assert torch.equal(a.values, b.values)
