import math
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

from cnnviz.errors import UserError
from cnnviz.ops.activation import ACTIVATIONS
from cnnviz.ops.batch_norm import batch_norm, course_averages, torch_averages
from cnnviz.ops.dense import dense, flatten
from cnnviz.ops.dropout import dropout
from cnnviz.ops.join import branch_of, channel_offsets, concatenation, dense_block, inception, residual
from cnnviz.ops.response_norm import local_response_norm
from cnnviz.ops.separable_convolution import separable_convolution, separable_cost
from cnnviz.ops.softmax import cross_entropy, log_softmax, softmax
from cnnviz.ops.squeeze_excitation import squeeze_excitation

TORCH = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": F.relu,
    "relu6": F.relu6,
    "hardswish": F.hardswish,
    "hardsigmoid": F.hardsigmoid,
}
POINTS = torch.cat(
    [
        torch.linspace(-12, 12, 97, dtype=torch.float64),
        torch.tensor([-1000.0, 1000.0, 1e-9, -1e-9, 0.0, 3.0, -3.0, 6.0], dtype=torch.float64),
    ]
)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_activation_equals_torch(name):
    ours, layer = ACTIVATIONS[name].function(POINTS), eval(ACTIVATIONS[name].torch_line, {"nn": nn})
    torch.testing.assert_close(ours, TORCH[name](POINTS), rtol=1e-12, atol=1e-15)
    torch.testing.assert_close(ours, layer(POINTS), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_derivative_of_an_activation_equals_autograds_kinks_included(name):
    x = POINTS.clone().requires_grad_()
    TORCH[name](x).sum().backward()
    torch.testing.assert_close(ACTIVATIONS[name].derivative(POINTS), x.grad, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_formula_with_a_number_put_in_gives_the_value(name):
    terms = {"max": max, "min": min, "e": math.e, "tanh": math.tanh}
    for x in (-4.5, -1.0, 0.0, 0.75, 2.0, 7.0):
        written = ACTIVATIONS[name].formula.format(x=f"({x})")
        written = written.replace("^", "**").replace("·", "*").replace("−", "-")
        expected = float(TORCH[name](torch.tensor(x, dtype=torch.float64)))
        assert eval(written, terms) == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(8, 5), (4, 5, 3, 3)])
def test_batch_norm_steps_with_torch_through_batches_and_into_inference(shape):
    layer = (nn.BatchNorm1d if len(shape) == 2 else nn.BatchNorm2d)(5).double()
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    averages = torch_averages(5)
    for seed in range(4):
        x = 3 * random(*shape, seed=seed) + 1
        step = batch_norm(x, layer.weight, layer.bias, averages, training=True)
        averages = step.averages
        torch.testing.assert_close(step.output, layer(x))
        torch.testing.assert_close(averages.mean.double(), layer.running_mean)
        torch.testing.assert_close(averages.variance.double(), layer.running_var)
    x = random(*shape, seed=9)
    torch.testing.assert_close(
        batch_norm(x, layer.weight, layer.bias, averages, training=False).output, layer.eval()(x)
    )


def test_the_first_editions_moving_averages_differ_from_torchs_where_the_curriculum_says():
    x, ones, zeros = random(6, 2), torch.ones(2), torch.zeros(2)
    course = batch_norm(x, ones, zeros, course_averages(2), training=True)
    theirs = batch_norm(x, ones, zeros, torch_averages(2), training=True)
    assert torch.equal(course.output, theirs.output)
    torch.testing.assert_close(course.averages.mean, theirs.averages.mean)
    torch.testing.assert_close(course.averages.variance, 0.1 * x.var(0, unbiased=False))
    torch.testing.assert_close(theirs.averages.variance, 0.9 + 0.1 * x.var(0, unbiased=True))


def test_inference_before_any_training_multiplies_by_316_in_the_first_edition():
    step = batch_norm(torch.ones(1, 1), torch.ones(1), torch.zeros(1), course_averages(1), training=False)
    assert float(step.output) == pytest.approx(1 / math.sqrt(1e-5))
    assert round(float(step.output)) == 316


def test_a_bias_before_batch_norm_changes_nothing():
    x = random(6, 3)
    plain, shifted = (
        batch_norm(values, None, None, torch_averages(3), training=True).output for values in (x, x + random(3, seed=1))
    )
    torch.testing.assert_close(plain, shifted)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 9])
def test_local_response_normalization_equals_torch(size):
    x = 30 * random(2, 6, 3, 3)
    torch.testing.assert_close(
        local_response_norm(x, size, 5e-4, 0.75, 2.0), F.local_response_norm(x, size, 5e-4, 0.75, 2.0)
    )


def test_the_papers_response_normalization_is_torchs_with_five_times_its_alpha():
    x = 30 * random(2, 6, 3, 3)
    torch.testing.assert_close(
        local_response_norm(x, 5, 1e-4, 0.75, 2.0, divide=False),
        nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)(x),
    )


def test_dropout_keeps_the_expectation_in_both_scalings():
    x, generator = torch.ones(200_000), torch.Generator().manual_seed(0)
    ours = dropout(x, 0.5, training=True, generator=generator)
    assert set(ours.output.unique().tolist()) == {0.0, 2.0}
    assert float(ours.output.mean()) == pytest.approx(1, abs=0.01)
    assert torch.equal(dropout(x, 0.5, training=False).output, x)
    paper = dropout(x, 0.5, training=True, generator=generator, scale_in_training=False)
    assert set(paper.output.unique().tolist()) == {0.0, 1.0}
    inference = dropout(x, 0.5, training=False, scale_in_training=False).output
    assert float(paper.output.mean()) == pytest.approx(float(inference.mean()), abs=0.01)
    assert dropout(x, 1.0, training=True).output.sum() == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: dropout(torch.ones(2), 1.5, training=True),
        lambda: cross_entropy(torch.ones(1, 2), torch.tensor([0]), -0.1),
    ],
)
def test_a_share_outside_0_and_1_is_refused(call):
    with pytest.raises(UserError, match="between 0 and 1"):
        call()


def test_dense_and_flatten_equal_torch():
    x, weight, bias = random(3, 2, 4, 5), random(7, 40, seed=1), random(7, seed=2)
    assert torch.equal(flatten(x), nn.Flatten()(x))
    assert float(flatten(x)[1, (1 * 4 + 2) * 5 + 3]) == float(x[1, 1, 2, 3])
    torch.testing.assert_close(dense(flatten(x), weight, bias), F.linear(x.flatten(1), weight, bias))


def test_a_1x1_convolution_is_a_dense_layer_at_each_pixel():
    x, weight, bias = random(2, 3, 4, 5), random(6, 3, seed=1), random(6, seed=2)
    per_pixel = dense(x.movedim(1, -1), weight, bias).movedim(-1, 1)
    torch.testing.assert_close(per_pixel, F.conv2d(x, weight[:, :, None, None], bias))


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_softmax_and_cross_entropy_equal_torch(smoothing):
    scores, target = 20 * random(6, 4), torch.tensor([0, 1, 2, 3, 0, 1])
    torch.testing.assert_close(softmax(scores), torch.softmax(scores, -1))
    torch.testing.assert_close(log_softmax(scores), torch.log_softmax(scores, -1))
    torch.testing.assert_close(
        cross_entropy(scores, target, smoothing),
        F.cross_entropy(scores, target, label_smoothing=smoothing, reduction="none"),
    )


def test_softmax_of_huge_scores_does_not_overflow():
    assert softmax(torch.tensor([1000.0, 0.0])).tolist() == [1, 0]


def test_joins_place_channels_side_by_side():
    a, b = random(2, 2, 3, 3), random(2, 4, 3, 3, seed=1)
    assert torch.equal(concatenation([a, b]), torch.cat([a, b], 1))
    assert torch.equal(inception(a, [lambda x: x, lambda x: 2 * x]), torch.cat([a, 2 * a], 1))
    assert channel_offsets([2, 4, 1]) == [0, 2, 6, 7]
    assert [branch_of(channel, [2, 4, 1]) for channel in (0, 1, 2, 6)] == [(0, 0), (0, 1), (1, 0), (2, 0)]


def test_residual_is_the_identity_when_its_function_is_zero_and_dense_blocks_keep_everything():
    x = random(1, 2, 3, 3)
    assert torch.equal(residual(x, torch.zeros_like), x)
    grown = dense_block(x, [lambda all_: all_[:, :1] + 1, lambda all_: all_.sum(1, keepdim=True)])
    assert grown.shape[1] == 4
    assert torch.equal(grown[:, :2], x)
    torch.testing.assert_close(grown[:, 3:], x.sum(1, keepdim=True) + x[:, :1] + 1)


def test_squeeze_and_excitation_equals_torchvisions():
    block = torchvision.ops.SqueezeExcitation(6, 3, scale_activation=nn.Hardsigmoid).double()
    x = random(2, 6, 4, 4)
    ours = squeeze_excitation(
        x, (block.fc1.weight[:, :, 0, 0], block.fc1.bias), (block.fc2.weight[:, :, 0, 0], block.fc2.bias)
    )
    torch.testing.assert_close(ours.output, block(x))
    torch.testing.assert_close(ours.squeezed, x.mean((2, 3)))


def test_a_separable_convolution_is_a_grouped_one_and_a_1x1():
    x, filters, mix = random(2, 3, 6, 6), random(3, 1, 3, 3, seed=1), random(5, 3, 1, 1, seed=2)
    expected = F.conv2d(F.conv2d(x, filters, stride=2, padding=1, groups=3), mix)
    torch.testing.assert_close(separable_convolution(x, filters, mix, stride=2, padding=1), expected)


def test_the_cost_of_a_separable_convolution_is_the_formulas():
    cost = separable_cost(kernel=3, inputs=32, outputs=64, side=56)
    assert cost.ratio == Fraction(1, 64) + Fraction(1, 9)
    assert cost.standard == 9 * 32 * 64 * 56 * 56
