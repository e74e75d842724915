import dataclasses

import pytest
import torch
from torch import nn

from cnnviz.errors import UserError
from cnnviz.text import LANGUAGES
from cnnviz.train import Training
from cnnviz.train.machine import DEVICES
from tests.train.small import Labelled, patterns, small_network

EMPTY = Labelled(torch.zeros(0, 1, 12, 12, dtype=torch.uint8), torch.zeros(0, dtype=torch.int64))
SEVERAL = dataclasses.replace(patterns(30), labels=torch.eye(3).repeat(10, 1))


def refused(model, training_set, test_set, config):
    with pytest.raises(UserError) as caught:
        Training(model, training_set, test_set, config)
    for language in LANGUAGES:
        assert "\n" not in caught.value.describe(language)
    return caught.value.key


def test_a_batch_larger_than_the_set_is_refused(network, training_set, test_set, config):
    large = dataclasses.replace(config, batch_size=101)
    assert refused(network, training_set, test_set, large) == "train_batch"


@pytest.mark.parametrize(
    ("training_set", "test_set", "key"),
    [(EMPTY, patterns(9), "train_empty_training"), (patterns(90), EMPTY, "train_empty_test")],
)
def test_an_empty_set_is_refused(network, training_set, test_set, key, config):
    assert refused(network, training_set, test_set, config) == key


def test_sets_with_labels_of_two_kinds_are_refused(network, training_set, config):
    assert refused(network, training_set, SEVERAL, config) == "train_labels"


def test_images_that_the_network_cannot_read_are_refused(network, config):
    assert refused(network, patterns(90, channels=3), patterns(30, channels=3), config) == "train_forward"


@pytest.mark.parametrize("training", [patterns(90), patterns(90, classes=2)])
def test_labels_beyond_the_networks_classes_are_refused_in_either_set(training, config):
    assert refused(small_network(classes=2).eval(), training, patterns(30), config) == "train_classes"


def test_a_network_whose_weights_are_all_frozen_is_refused(network, training_set, test_set, config):
    assert refused(network.requires_grad_(False), training_set, test_set, config) == "train_no_weights"


def test_a_device_that_is_not_there_is_refused(network, training_set, test_set, config, monkeypatch):
    monkeypatch.setitem(DEVICES, "cuda", lambda: False)
    there = dataclasses.replace(config, device="cuda")
    assert refused(network, training_set, test_set, there) == "train_device"


def test_compiling_without_a_compiler_is_refused(network, training_set, test_set, config, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    compiled = dataclasses.replace(config, compile=True)
    assert refused(network, training_set, test_set, compiled) == "train_compiler"


def test_a_refusal_leaves_the_model_as_it_was(config):
    model = small_network()
    model[1].eval()
    modes = [module.training for module in model.modules()]
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    refused(model, patterns(90, channels=3), patterns(30, channels=3), config)
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert all(weight.is_contiguous() for weight in model.parameters())


def test_several_labels_an_image_are_trained_and_right_when_every_class_is(config):
    model = nn.Sequential(nn.Flatten(), nn.Linear(144, 3))
    training = Training(model, SEVERAL, SEVERAL, dataclasses.replace(config, epochs=30, learning_rate=0.5))
    *_, last = training.run()
    assert training.objective.name == "binary-cross-entropy"
    with torch.no_grad():
        said = model(SEVERAL.images.float() / 255) > 0
    assert last.test_accuracy == float((said == SEVERAL.labels.bool()).all(1).float().mean()) > 0.9
