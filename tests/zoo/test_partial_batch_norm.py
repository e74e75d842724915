import pytest
import torch
from torch import nn

from cnnviz.zoo.batch_norm import AFTER_CONVOLUTION, AFTER_DENSE

SHAPES = [(AFTER_CONVOLUTION, (8, 3, 4, 5)), (AFTER_DENSE, (8, 3))]


def _batch(shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0)) * 3 + 2


def _per_channel(batch, over):
    return over(batch.transpose(0, 1).reshape(3, -1)).view(1, 3, *[1] * (batch.dim() - 2))


def _mean(rows):
    return rows.mean(1)


def _deviation(rows):
    return (((rows - rows.mean(1, keepdim=True)) ** 2).mean(1) + 1e-5).sqrt()


@pytest.mark.parametrize(("table", "shape"), SHAPES)
def test_in_training_each_part_does_its_share_of_the_formula(table, shape):
    batch = _batch(shape)
    torch.testing.assert_close(table["mean"](3).train()(batch), batch - _per_channel(batch, _mean))
    torch.testing.assert_close(table["variance"](3).train()(batch), batch / _per_channel(batch, _deviation))


@pytest.mark.parametrize(("table", "shape"), SHAPES)
def test_both_parts_one_after_the_other_are_torchs_batch_normalization(table, shape):
    batch = _batch(shape)
    parts = table["variance"](3).train()(table["mean"](3).train()(batch))
    torch.testing.assert_close(parts, table["full"](3).train()(batch))
    torch.testing.assert_close(parts, table["fixed"](3).train()(batch))


@pytest.mark.parametrize(("table", "shape"), SHAPES)
def test_the_moving_statistics_are_torchs_and_the_other_one_stays_neutral(table, shape):
    layers = {part: table[part](3).train() for part in ("full", "mean", "variance")}
    for scale in (1.0, 2.0, 0.5):
        for layer in layers.values():
            layer(_batch(shape) * scale)
    torch.testing.assert_close(layers["mean"].running_mean, layers["full"].running_mean)
    torch.testing.assert_close(layers["variance"].running_var, layers["full"].running_var)
    assert torch.equal(layers["mean"].running_var, torch.ones(3))
    assert torch.equal(layers["variance"].running_mean, torch.zeros(3))
    assert layers["mean"].num_batches_tracked == 3


@pytest.mark.parametrize(("table", "shape"), SHAPES)
@pytest.mark.parametrize("part", ["mean", "variance"])
def test_in_evaluation_it_uses_the_moving_statistic_and_changes_nothing(table, shape, part):
    layer = table[part](3).train()
    layer(_batch(shape))
    layer.eval()
    before = {name: tensor.clone() for name, tensor in layer.state_dict().items()}
    batch = _batch(shape) + 1
    view = (1, 3, *[1] * (len(shape) - 2))
    expected = (
        batch - layer.running_mean.view(view)
        if part == "mean"
        else batch / (layer.running_var.view(view) + 1e-5).sqrt()
    )
    torch.testing.assert_close(layer(batch), expected)
    assert all(torch.equal(before[name], tensor) for name, tensor in layer.state_dict().items())


@pytest.mark.parametrize("part", ["mean", "variance"])
def test_gradients_pass_through_the_batch_statistic(part):
    layer = AFTER_CONVOLUTION[part](2).double().train()
    batch = torch.randn(3, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(layer, (batch,))
    layer(batch).pow(2).sum().backward()
    assert layer.weight.grad is not None
    assert layer.bias.grad is not None


@pytest.mark.parametrize("part", ["mean", "variance"])
def test_it_trains_under_bfloat16_autocast_and_channels_last(part):
    network = nn.Sequential(nn.Conv2d(1, 4, 3), AFTER_CONVOLUTION[part](4)).train()
    batch = torch.randn(2, 1, 8, 8).to(memory_format=torch.channels_last)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = network(batch)
    assert out.dtype == torch.bfloat16
    out.float().sum().backward()
    assert network[1].running_mean.dtype == torch.float32


def test_a_dense_batch_is_refused_where_images_are_expected():
    with pytest.raises(ValueError, match="expected 4D"):
        AFTER_CONVOLUTION["mean"](3)(torch.zeros(2, 3))
