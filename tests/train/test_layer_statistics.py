import dataclasses

import pytest
import torch
from torch import nn

from cnnviz.train import StepReport, Training
from cnnviz.train.layer_statistics import histogram


@pytest.fixture
def looked_at(network, training_set, test_set, config):
    """One closely watched step, with the same step done by hand."""
    recipe = dataclasses.replace(config, init="default")
    network[7].p = 0.0  # no dropout: by hand it would need the same draw
    with torch.no_grad():
        network[4].bias[:3] = -50.0  # three channels that no image can wake
    import copy

    by_hand = copy.deepcopy(network).train()
    with Training(network, training_set, test_set, recipe) as training:
        _, report = training.run(steps=1, detailed=True)
        chosen = list(report.detail.indices)
        inputs, labels = training_set.images[chosen].float() / 255, training_set.labels[chosen]
        loss = nn.functional.cross_entropy(by_hand(inputs), labels)
        loss.backward()
        yield report, by_hand, inputs, labels, training


def layer(report, name):
    return next(entry for entry in report.detail.layers if entry.name == name)


def test_a_close_step_names_its_images_and_every_layer(looked_at):
    report, by_hand, _, _, _ = looked_at
    assert len(set(report.detail.indices)) == 16
    assert [entry.name for entry in report.detail.layers] == [str(index) for index in range(len(by_hand))]
    assert layer(report, "1").kind == "BatchNorm2d"


def test_gradient_norms_and_update_ratios_are_those_of_the_step_done_by_hand(looked_at):
    report, by_hand, _, _, _ = looked_at
    for name in ("0", "1", "4", "8"):
        weight, entry = by_hand.get_parameter(f"{name}.weight"), layer(report, name)
        norm = float(weight.grad.norm())
        assert entry.gradient_norm == pytest.approx(norm, rel=1e-3)
        assert entry.weight_norm == pytest.approx(float(weight.detach().norm()), rel=1e-4)
        assert entry.update_ratio == pytest.approx(0.1 * norm / float(weight.detach().norm()), rel=1e-2)
    assert layer(report, "6").gradient_norm is None


def test_dead_relus_are_the_units_that_no_image_of_the_minibatch_wakes(looked_at):
    report, by_hand, inputs, _, _ = looked_at
    with torch.no_grad():
        woken = by_hand[:6](inputs)
    assert layer(report, "5").dead_share == pytest.approx(float((woken == 0).all(0).float().mean()))
    assert layer(report, "5").dead_share >= 3 / 8
    assert layer(report, "0").dead_share is None


def test_batch_statistics_are_those_of_the_layers_input_and_moving_ones_follow_them(looked_at):
    report, by_hand, inputs, _, _ = looked_at
    with torch.no_grad():
        seen = by_hand[0](inputs)
    entry = layer(report, "1").batch_norm
    assert entry.batch_mean == pytest.approx(seen.mean((0, 2, 3)).tolist(), abs=1e-4)
    assert entry.batch_variance == pytest.approx(seen.var((0, 2, 3), correction=0).tolist(), abs=1e-4)
    assert entry.moving_mean == pytest.approx((0.1 * seen.mean((0, 2, 3))).tolist(), abs=1e-4)


def test_the_loss_after_is_that_of_the_same_images_with_the_new_weights(looked_at):
    report, by_hand, inputs, labels, _ = looked_at
    torch.optim.SGD(by_hand.parameters(), lr=0.1).step()
    with torch.no_grad():
        after = float(nn.functional.cross_entropy(by_hand(inputs), labels))
    assert report.detail.loss_after == pytest.approx(after, abs=1e-3)
    assert report.detail.loss_after < report.loss


def test_looking_closely_changes_nothing_and_leaves_no_hook(network, training_set, test_set, config):
    import copy

    other = copy.deepcopy(network)
    with (
        Training(network, training_set, test_set, config) as plain,
        Training(other, training_set, test_set, config) as watched,
    ):
        losses, others = (
            [report.loss for report in reports if isinstance(report, StepReport)]
            for reports in (plain.run(), watched.run(detailed=True))
        )
        assert losses == others
    assert not any(module._forward_hooks for module in other.modules())
    assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in network.state_dict().items())


def test_every_so_many_steps_are_reported_closely(network, training_set, test_set, config):
    with Training(network, training_set, test_set, dataclasses.replace(config, watch_every=4)) as training:
        steps = [report for report in training.run() if isinstance(report, StepReport)]
    assert [report.step for report in steps if report.detail] == [1, 5, 9, 13]


def test_a_histogram_counts_every_value_between_the_smallest_and_the_largest():
    values = torch.cat([torch.tensor([-2.0, 6.0]), torch.linspace(-1.9, 5.9, 40).repeat(10)])  # bin middles
    counted = histogram(values)
    assert (counted.low, counted.high) == (-2, 6)
    assert counted.counts == (11, *[10] * 38, 11)
    assert histogram(torch.tensor([1.0, float("nan")])) is None
    assert sum(histogram(torch.zeros(7)).counts) == 7
