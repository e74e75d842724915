"""A last minibatch of one image, on which batch normalization cannot train."""

import dataclasses

import pytest
import torch
from torch import nn

from cnnviz import zoo
from cnnviz.errors import UserError
from cnnviz.train import EndReport, EpochReport, Snapshot, StartReport, StepReport, TrainConfig, Training, train
from cnnviz.train.minibatches import minibatches, trains_on_one_image
from cnnviz.train.seeding import epoch_order
from tests.train.small import Labelled, patterns


def normalised():
    """Batch normalization after a dense layer: one value per image and channel."""
    torch.manual_seed(2)
    return nn.Sequential(nn.Flatten(), nn.Linear(144, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3))


@pytest.fixture
def one_over(config):
    """33 images by 16: the third minibatch would be one image."""
    return dataclasses.replace(config, init="default", momentum=0.9, schedule="cosine", epochs=2)


def losses(reports):
    return [report.loss for report in reports if isinstance(report, StepReport)]


def test_the_last_image_joins_only_where_it_must():
    order = torch.arange(9)
    assert [len(part) for part in minibatches(order, 4, joins_last=False)] == [4, 4, 1]
    joined = minibatches(order, 4, joins_last=True)
    assert [len(part) for part in joined] == [4, 5]
    assert torch.equal(torch.cat(joined), order)


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (normalised(), False),
        (nn.Sequential(nn.Conv2d(1, 4, 12), nn.BatchNorm2d(4), nn.Flatten()), False),
        (nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten()), True),
        (nn.Sequential(nn.Flatten(), nn.Linear(144, 3)), True),
        (zoo.build("lenet", {"batch_norm": "full"}, (1, 12, 12), 3), False),
    ],
    ids=["dense", "1x1 map", "3x3 map", "none", "lenet"],
)
def test_whether_one_image_can_be_trained_on_is_tried_and_leaves_nothing(network, expected):
    network.eval()
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    assert trains_on_one_image(network, torch.rand(1, 1, 12, 12)) == expected
    assert not network.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_a_lone_last_image_trains_with_the_minibatch_before_it_as_by_hand(one_over):
    labelled, recipe = patterns(33), dataclasses.replace(one_over, momentum=0.0, schedule="constant", epochs=1)
    by_hand = normalised().train()
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1)
    order, expected = epoch_order(0, 0, 33), []
    for chosen in (order[:16], order[16:]):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(by_hand(labelled.images[chosen].float() / 255), labelled.labels[chosen])
        loss.backward()
        optimizer.step()
        expected.append(float(loss.detach()))
    start, *reports = train(normalised(), labelled, patterns(17, seed=1), recipe)
    assert isinstance(start, StartReport)
    assert (start.steps_per_epoch, start.steps) == (2, 2)
    assert losses(reports) == pytest.approx(expected, abs=1e-5)
    assert reports[-1].status == "finished"
    assert [report.seconds_left for report in reports if isinstance(report, EpochReport)] == [0]


def test_one_image_that_can_be_trained_on_stays_alone(one_over, network):
    labelled = patterns(33)
    start, *reports = train(network, labelled, patterns(17, seed=1), one_over)
    assert start.steps_per_epoch == 3
    assert isinstance(reports[-1], EndReport)
    assert len(losses(reports)) == 6


@pytest.mark.parametrize("pause", [1, 2, 3])
def test_a_run_whose_last_image_joined_resumes_bit_for_bit(pause, one_over):
    labelled, test_set = patterns(33), patterns(17, seed=1)
    expected = losses(train(normalised(), labelled, test_set, one_over))
    with Training(normalised(), labelled, test_set, one_over) as training:
        seen = losses(training.run(steps=pause))
        snapshot = training.snapshot()
    with Training(normalised(), labelled, test_set, one_over) as training:
        training.restore(Snapshot(snapshot.tensors, snapshot.facts))
        assert seen + losses(training.run()) == expected
        training.rewind()
        assert losses(training.run()) == expected


def test_a_close_look_at_the_joined_minibatch_names_all_its_images(one_over):
    with Training(normalised(), patterns(33), patterns(17, seed=1), one_over) as training:
        steps = [report for report in training.run(detailed=True) if isinstance(report, StepReport)]
    assert [len(step.detail.indices) for step in steps] == [16, 17, 16, 17]
    assert {*steps[0].detail.indices, *steps[1].detail.indices} == set(range(33))


@pytest.mark.parametrize("count", [1, 5])
def test_minibatches_of_one_image_each_are_refused_before_the_first_step_where_they_cannot_train(count, one_over):
    single = dataclasses.replace(one_over, batch_size=1)
    labelled = Labelled(*(tensor[:count] for tensor in (patterns(9).images, patterns(9).labels)))
    model = normalised()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    with pytest.raises(UserError) as refused:
        next(train(model, labelled, patterns(5), single))
    assert refused.value.key == "train_one_image"
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_minibatches_of_one_image_train_where_they_can(one_over, network):
    *_, end = train(network, patterns(5), patterns(5), dataclasses.replace(one_over, batch_size=1, epochs=1))
    assert (end.status, end.step) == ("finished", 5)


def test_an_evaluation_whose_last_minibatch_is_one_image_counts_it(one_over):
    *_, end = train(normalised(), patterns(32), patterns(17, seed=1), one_over)
    assert end.status == "finished"


def test_normalization_by_the_minibatch_in_prediction_too_is_refused_where_one_image_cannot_be_read(one_over):
    model = nn.Sequential(nn.Flatten(), nn.Linear(144, 3), nn.BatchNorm1d(3, track_running_stats=False))
    with pytest.raises(UserError) as refused:
        Training(model, patterns(33), patterns(17), one_over)
    assert refused.value.key == "train_forward"


def test_defaults_train_lenet_with_batch_normalization_on_one_image_more_than_a_batch():
    config = TrainConfig(epochs=1, batch_size=8, device="cpu", precision="float32", threads=1)
    *_, end = train(zoo.build("lenet", {"batch_norm": "full"}, (1, 12, 12), 3), patterns(9), patterns(9), config)
    assert (end.status, end.step) == ("finished", 1)
