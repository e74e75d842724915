from itertools import product

import pytest
import torch
import torch.nn.functional as F

from cnnviz.errors import UserError
from cnnviz.ops.average_pool import adaptive_average_pool2d, average_pool2d, global_average_pool
from cnnviz.ops.cross_correlation import cross_correlation2d
from cnnviz.ops.max_pool import max_pool2d
from cnnviz.ops.pooling_exercises import average_kernel, max_pool_by_relu, maximum_by_relu, min_pool2d, softmax_pool2d

KERNELS = (1, 2, 3, (3, 2), (2, 4))
STRIDES = (None, 1, 2, 3, (3, 1), 4)
PADDINGS = (0, 1, 2, (1, 0))


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("ceil_mode", [False, True])
def test_max_pooling_and_its_places_equal_torch_on_every_legal_setting_and_refuse_the_rest(ceil_mode):
    x, equal, refused = random(2, 3, 5, 6), 0, 0
    x[0, 0, 1:4] = 7  # equals: the first must win
    for kernel, stride, padding, dilation in product(KERNELS, STRIDES, PADDINGS, (1, 2, (2, 1))):
        try:
            values, places = F.max_pool2d_with_indices(x, kernel, stride, padding, dilation, ceil_mode)
        except RuntimeError:
            with pytest.raises(UserError):
                max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
            refused += 1
            continue
        pooled = max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
        assert torch.equal(pooled.values, values), (kernel, stride, padding, dilation)
        assert torch.equal(pooled.indices, places), (kernel, stride, padding, dilation)
        equal += 1
    assert equal > 150
    assert refused > 50


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("count_include_pad", [False, True])
@pytest.mark.parametrize("divisor", [None, 1, 5])
def test_average_pooling_equals_torch_on_every_legal_setting_and_refuses_the_rest(
    ceil_mode, count_include_pad, divisor
):
    x, equal, refused = random(2, 3, 5, 6), 0, 0
    for kernel, stride, padding in product(KERNELS, STRIDES, PADDINGS):
        settings = kernel, stride, padding, ceil_mode, count_include_pad, divisor
        try:
            expected = F.avg_pool2d(x, *settings)
        except RuntimeError:
            with pytest.raises(UserError):
                average_pool2d(x, *settings)
            refused += 1
            continue
        torch.testing.assert_close(average_pool2d(x, *settings), expected, rtol=0, atol=1e-12)
        equal += 1
    assert equal > 50
    assert refused > 20


def test_a_divisor_of_zero_is_refused():
    with pytest.raises(UserError, match="divided by 0"):
        average_pool2d(random(1, 4, 4), 2, divisor_override=0)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, (2, 5), (None, 3)])
def test_adaptive_pooling_equals_torch(size):
    x = random(2, 3, 5, 7)
    torch.testing.assert_close(adaptive_average_pool2d(x, size), F.adaptive_avg_pool2d(x, size))


def test_the_worked_example_of_max_pooling():
    assert max_pool2d(torch.arange(9.0).reshape(1, 1, 3, 3), 2, 1).values.tolist() == [[[[4, 5], [7, 8]]]]


def test_the_padding_of_max_pooling_never_wins():
    assert max_pool2d(-torch.ones(1, 1, 2, 2), 3, 1, 1).values.max() == -1


def test_global_pooling_is_a_mean():
    assert global_average_pool(torch.arange(8.0).reshape(1, 2, 2, 2)).tolist() == [[1.5, 5.5]]


def test_min_pooling_is_the_smallest_of_each_window():
    x = random(1, 2, 6, 6)
    torch.testing.assert_close(min_pool2d(x, 2), x.unfold(2, 2, 2).unfold(3, 2, 2).amin((-1, -2)))


def test_softmax_pooling_weights_each_window_by_its_softmax():
    x = random(1, 2, 6, 6)
    windows = x.unfold(2, 2, 2).unfold(3, 2, 2).flatten(-2)
    torch.testing.assert_close(softmax_pool2d(x, 2), (torch.softmax(windows, -1) * windows).sum(-1))
    torch.testing.assert_close(softmax_pool2d(x, 2, temperature=1e-3), F.max_pool2d(x, 2), atol=1e-2, rtol=0)
    torch.testing.assert_close(softmax_pool2d(x, 2, temperature=1e6), F.avg_pool2d(x, 2), atol=1e-4, rtol=0)


def test_average_pooling_is_a_convolution_with_equal_weights():
    x = random(2, 3, 6, 6)
    by_convolution = cross_correlation2d(x, average_kernel(3, 2).double(), stride=2, groups=3)
    torch.testing.assert_close(by_convolution, F.avg_pool2d(x, 2))


def test_the_maximum_can_be_built_from_relus():
    a, b = random(50), random(50, seed=1)
    torch.testing.assert_close(maximum_by_relu(a, b), torch.maximum(a, b))
    x = random(2, 3, 6, 7)
    for kernel in (2, 3):
        torch.testing.assert_close(max_pool_by_relu(x, kernel), F.max_pool2d(x, kernel))
