"""The change of one weight in one step: its gradient is the sum that is shown, its new value the formula's."""

import copy
import dataclasses
import random

import pytest
import torch
from torch import nn

from cnnviz.train import Training
from cnnviz.train.layer_step import MOST_BYTES, StepRecorder
from cnnviz.train.weight_step import gradient_sum, weight_update

OPTIMIZERS = (
    {},
    {"weight_decay": 0.01},
    {"momentum": 0.9},
    {"momentum": 0.9, "weight_decay": 0.01},
    {"momentum": 0.9, "nesterov": True},
    {"optimizer": "adam", "learning_rate": 0.01},
    {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.01},
    {"optimizer": "adamw", "learning_rate": 0.01, "weight_decay": 0.1},
    {"schedule": "one-cycle"},
)


def _places(layer, count=6):
    draw = random.Random(0)
    return [tuple(draw.randrange(size) for size in layer.weight.shape) for _ in range(count)]


def _close(value):
    return pytest.approx(value, rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("settings", OPTIMIZERS, ids=str)
def test_a_step_holds_the_weights_before_and_after_it_and_the_formula_leads_from_one_to_the_other(
    network, training_set, test_set, config, settings
):
    config = dataclasses.replace(config, init="default", **settings)
    with Training(network, training_set, test_set, config) as training:
        list(training.run(steps=2))
        before = copy.deepcopy(network.state_dict())
        rate = training.learning_rate
        *_, report = training.run(steps=1, detailed=True)
        assert {layer.name for layer in report.detail.recorded} == {"0", "4", "8"}
        for layer in report.detail.recorded:
            assert layer.steps_before in (0, 2)  # plain SGD counts none
            shape = layer.weight.shape
            assert torch.equal(layer.weight, before[f"{layer.name}.weight"].reshape(shape))
            assert torch.equal(layer.after, network.state_dict()[f"{layer.name}.weight"].reshape(shape))
            for place in _places(layer):
                *_, last = weight_update(layer, place, config, rate)
                assert last.numbers["w_new"] == _close(float(layer.after[place]))
                assert report.learning_rate == rate


def test_the_products_of_a_gradient_add_up_to_autograds(network, training_set, test_set, config):
    network[7].p = 0.0
    by_hand = copy.deepcopy(network).train()
    config = dataclasses.replace(config, init="default")
    with Training(network, training_set, test_set, config) as training:
        *_, report = training.run(steps=1, detailed=True)
    chosen = list(report.detail.indices)
    loss = nn.functional.cross_entropy(by_hand(training_set.images[chosen].float() / 255), training_set.labels[chosen])
    loss.backward()
    for layer in report.detail.recorded:
        gradient = by_hand.get_parameter(f"{layer.name}.weight").grad.reshape(layer.weight.shape)
        for place in _places(layer):
            found = gradient_sum(layer, place)
            assert found.total == _close(float(gradient[place]))
            assert found.total == _close(float(layer.gradient[place]))
            assert sum(term.product for term in found.terms) + found.rest == pytest.approx(found.total)
            sizes = [abs(term.product) for term in found.terms]
            assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    "conv",
    [
        nn.Conv2d(4, 6, 3, stride=2, padding=1),
        nn.Conv2d(4, 6, (3, 2), padding=(2, 0), dilation=(2, 1)),
        nn.Conv2d(4, 8, 3, groups=2, bias=False),
        nn.Conv2d(4, 4, 3, padding=1, groups=4),
    ],
    ids=str,
)
def test_every_term_is_what_the_weight_met_at_that_place_of_the_output(conv):
    inputs = torch.randn(5, 4, 9, 8)
    with StepRecorder(nn.Sequential(conv)) as recorder:
        output = conv(inputs)
        output.retain_grad()
        (output.sigmoid() ** 2).sum().backward()
        recorder.before(lambda weight: {})
        (layer,) = recorder.after()
    for place in _places(layer, 12):
        found = gradient_sum(layer, place, most=3)
        assert found.total == _close(float(conv.weight.grad[place]))
        for term in found.terms:
            assert term.delta == _close(float(output.grad[term.image, place[0], term.row, term.column]))
            row = term.row * conv.stride[0] + place[2] * conv.dilation[0] - conv.padding[0]
            column = term.column * conv.stride[1] + place[3] * conv.dilation[1] - conv.padding[1]
            group = place[0] // (conv.out_channels // conv.groups)
            channel = group * (conv.in_channels // conv.groups) + place[1]
            assert term.x == _close(float(inputs[term.image, channel, row, column]))


def test_a_padded_place_is_no_term_of_the_sum():
    conv = nn.Conv2d(1, 1, 3, padding=1)
    with StepRecorder(nn.Sequential(conv)) as recorder:
        conv(torch.ones(2, 1, 4, 4)).sum().backward()
        recorder.before(lambda weight: {})
        (layer,) = recorder.after()
    corner = gradient_sum(layer, (0, 0, 0, 0), most=2)  # of 16 outputs 9 see a pixel there, in each of two images
    assert (len(corner.terms), corner.rest_count, corner.total) == (2, 16, 18)
    middle = gradient_sum(layer, (0, 0, 1, 1), most=2)
    assert middle.rest_count == 30


def test_what_is_kept_of_a_step_is_bounded_and_its_hooks_go():
    wide = nn.Sequential(
        nn.Conv2d(3, 64, 3), nn.ReLU(), nn.Conv2d(64, 512, 3), nn.Flatten(), nn.Linear(512 * 28 * 28, 9)
    )
    with StepRecorder(wide) as recorder:
        wide(torch.randn(16, 3, 32, 32)).sum().backward()
        recorder.before(lambda weight: {"exp_avg": weight, "exp_avg_sq": weight, "step": torch.ones(())})
        kept = recorder.after()
    assert sum(tensor.nbytes for layer in kept for tensor in layer.tensors.values()) <= MOST_BYTES
    assert [(layer.name, len(layer.weight)) for layer in kept] == [("0", 42)]
    assert not any(layer._forward_hooks for layer in wide)


def test_a_layer_that_is_called_twice_is_left_out():
    conv = nn.Conv2d(2, 2, 1)
    with StepRecorder(nn.Sequential(conv)) as recorder:
        conv(conv(torch.randn(1, 2, 3, 3))).sum().backward()
        recorder.before(lambda weight: {})
        assert recorder.after() == ()
