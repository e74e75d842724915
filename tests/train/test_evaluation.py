import dataclasses

import pytest
import torch

from cnnviz.train import BatchPreparation, TrainConfig, evaluate, resolve_machine


@pytest.fixture
def machine(network):
    return resolve_machine(TrainConfig(device="cpu", precision="float32", threads=1), network)


def test_confusion_counts_each_image_at_its_label_and_prediction(network, test_set, machine):
    result = evaluate(network, test_set, BatchPreparation(), machine, batch_size=7)
    with torch.no_grad():
        predicted = network(test_set.images.float() / 255).argmax(1)
    pairs = list(zip(test_set.labels.tolist(), predicted.tolist(), strict=True))
    assert result.confusion == tuple(tuple(pairs.count((i, j)) for j in range(3)) for i in range(3))
    assert result.accuracy == sum(result.confusion[i][i] for i in range(3)) / 30


def test_with_several_labels_each_class_has_its_own_four_counts(network, test_set, machine):
    labels = torch.eye(3).repeat(10, 1)
    labels[::2, 1] = 1
    several = dataclasses.replace(test_set, labels=labels)
    result = evaluate(network, several, BatchPreparation(), machine, batch_size=7)
    with torch.no_grad():
        said = network(test_set.images.float() / 255) > 0
    for index, row in enumerate(result.confusion):
        truth, claim = labels[:, index] > 0, said[:, index]
        expected = (~truth & ~claim, ~truth & claim, truth & ~claim, truth & claim)
        assert row == tuple(int(which.sum()) for which in expected)


def test_the_batch_size_does_not_matter_and_modes_are_left_alone(network, test_set, machine):
    network[7].train()
    small, large = (evaluate(network, test_set, BatchPreparation(), machine, batch_size=size) for size in (4, 30))
    assert small.loss == pytest.approx(large.loss, abs=1e-6)
    assert [module.training for module in network] == [index == 7 for index in range(len(network))]


def test_it_stops_between_two_batches_when_told_to(network, test_set, machine):
    assert evaluate(network, test_set, BatchPreparation(), machine, batch_size=4, stop=lambda: True) is None
