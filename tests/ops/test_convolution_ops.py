from itertools import product

import numpy as np
import pytest
import scipy.signal
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.errors import UserError
from cnnviz.ops.convolution import convolution2d, flipped, folded, full_convolution1d, full_convolution2d
from cnnviz.ops.convolution_as_matrix import convolution_by_columns, convolution_matrix, im2col
from cnnviz.ops.convolution_step import convolution_step
from cnnviz.ops.cross_correlation import cross_correlation1d, cross_correlation2d
from cnnviz.ops.learned_kernel import learn_kernel
from cnnviz.ops.padding import PADDING_MODES, pad_axis
from cnnviz.ops.transposed_convolution import transposed_convolution2d
from cnnviz.ops.window import window_axis

SETTINGS = list(
    product((1, 2, 3, (3, 2), (1, 4)), (1, 2, 3, (3, 2)), (0, 1, 2, (0, 2), "same", "valid"), (1, 2, (2, 1)))
)


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_cross_correlation_equals_torch_on_every_legal_setting_and_refuses_the_rest(mode):
    x, refused, equal = random(2, 4, 5, 6), 0, 0
    for kernel, stride, padding, dilation in SETTINGS:
        for groups in (1, 2, 4) if mode == "zeros" else (2,):
            try:
                layer = nn.Conv2d(4, 4, kernel, stride, padding, dilation, groups, padding_mode=mode).double()
                expected = layer(x)
            except (RuntimeError, ValueError):
                weight = random(4, 4 // groups, *(kernel if isinstance(kernel, tuple) else (kernel, kernel)))
                with pytest.raises(UserError):
                    cross_correlation2d(x, weight, None, stride, padding, dilation, groups, mode)
                refused += 1
                continue
            got = cross_correlation2d(x, layer.weight, layer.bias, stride, padding, dilation, groups, mode)
            torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)
            equal += 1
    assert equal > 130
    assert refused > 30


@pytest.mark.parametrize("mode", PADDING_MODES)
@pytest.mark.parametrize("padding", [0, 1, 3, "same", "valid"])
@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "groups"), [(1, 1, 1, 1), (3, 1, 1, 2), (4, 1, 2, 1), (3, 2, 2, 4), (2, 3, 1, 1)]
)
def test_cross_correlation_on_a_line_equals_torch(kernel, stride, dilation, groups, padding, mode):
    x = random(2, 4, 9)
    if padding == "same" and stride > 1:
        with pytest.raises(UserError):
            cross_correlation1d(x, random(4, 4 // groups, kernel), None, stride, padding, dilation)
        return
    layer = nn.Conv1d(4, 4, kernel, stride, padding, dilation, groups, padding_mode=mode).double()
    got = cross_correlation1d(x, layer.weight, layer.bias, stride, padding, dilation, groups, mode)
    torch.testing.assert_close(got, layer(x), rtol=0, atol=1e-12)


def test_transposed_convolution_equals_torch_on_every_legal_setting():
    x, equal = random(2, 4, 3, 4), 0
    for kernel, stride, padding, extra, groups, dilation in product(
        (1, 2, (3, 2)), (1, 2, (3, 1)), (0, 1, (0, 1)), (0, 1), (1, 2, 4), (1, 2)
    ):
        layer = nn.ConvTranspose2d(4, 4, kernel, stride, padding, extra, groups, dilation=dilation).double()
        try:
            expected = layer(x)
        except RuntimeError:
            with pytest.raises(UserError):
                transposed_convolution2d(x, layer.weight, None, stride, padding, extra, groups, dilation)
            continue
        got = transposed_convolution2d(x, layer.weight, layer.bias, stride, padding, extra, groups, dilation)
        torch.testing.assert_close(got, expected, rtol=0, atol=1e-12)
        equal += 1
    assert equal > 200


@pytest.mark.parametrize("mode", PADDING_MODES)
@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation"), [(3, 1, 1, 1), ((3, 2), (2, 1), (0, 1), 1), (2, 2, 0, 2), (5, 1, 2, 1)]
)
def test_both_matrix_forms_equal_the_convolution(kernel, stride, padding, dilation, mode):
    x = random(2, 3, 6, 7)
    shape = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    weight = random(4, 3, *shape, seed=1)
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "padding_mode": mode}
    expected = cross_correlation2d(x, weight, None, **settings)
    by_columns = convolution_by_columns(x, weight, **settings)
    by_matrix = x.flatten(1) @ convolution_matrix(weight, (6, 7), **settings).T
    torch.testing.assert_close(by_columns, expected.flatten(2))
    torch.testing.assert_close(by_matrix, expected.flatten(1))
    if mode == "zeros":
        torch.testing.assert_close(
            im2col(x, kernel, stride, padding, dilation), F.unfold(x, shape, dilation, padding, stride), rtol=0, atol=0
        )


@pytest.mark.parametrize("seed", range(5))
def test_true_convolution_equals_scipy_and_commutes(seed):
    image, kernel = random(6, 7, seed=seed), random(3, 2, seed=seed + 50)
    full = scipy.signal.convolve2d(image.numpy(), kernel.numpy())
    np.testing.assert_allclose(full_convolution2d(image, kernel), full, atol=1e-12)
    np.testing.assert_allclose(full_convolution2d(kernel, image), full, atol=1e-12)
    inside = scipy.signal.convolve2d(image, kernel, mode="valid")
    np.testing.assert_allclose(convolution2d(image, kernel), inside, atol=1e-12)
    f, g = image[0], kernel[:, 0]
    np.testing.assert_allclose(full_convolution1d(f, g), np.convolve(f, g), atol=1e-12)
    np.testing.assert_allclose(full_convolution1d(g, f), np.convolve(f, g), atol=1e-12)


def test_convolution_with_the_flipped_kernel_is_cross_correlation():
    image, kernel = random(5, 5), random(3, 3, seed=1)
    torch.testing.assert_close(
        convolution2d(image, flipped(kernel)), cross_correlation2d(image[None, None], kernel[None, None])[0, 0]
    )
    assert flipped(torch.tensor([[0, 1], [2, 3]])).tolist() == [[3, 2], [1, 0]]


def test_two_convolutions_without_a_nonlinearity_fold_into_one():
    x, first, second = random(1, 2, 9, 9), random(3, 2, 3, 3, seed=1), random(4, 3, 5, 5, seed=2)
    one = folded(first, second)
    assert one.shape == (4, 2, 7, 7)
    torch.testing.assert_close(cross_correlation2d(x, one), cross_correlation2d(cross_correlation2d(x, first), second))
    padded = cross_correlation2d(cross_correlation2d(x, first, padding=1), second, padding=2)
    once = cross_correlation2d(x, one, padding=3)
    torch.testing.assert_close(once[..., 3:-3, 3:-3], padded[..., 3:-3, 3:-3])
    assert not torch.allclose(once, padded)


IMAGE = torch.arange(9.0).reshape(1, 1, 3, 3)
KERNEL = torch.arange(4.0).reshape(1, 1, 2, 2)


def test_the_worked_example_of_the_course():
    assert cross_correlation2d(IMAGE, KERNEL).tolist() == [[[[19, 25], [37, 43]]]]


def test_the_worked_example_with_stride_and_padding():
    assert cross_correlation2d(IMAGE, KERNEL, stride=(3, 2), padding=1).tolist() == [[[[0, 8], [6, 8]]]]


def test_the_worked_example_with_two_channels():
    x, weight = torch.cat([IMAGE, IMAGE + 1], 1), torch.cat([KERNEL, KERNEL + 1], 1)
    assert cross_correlation2d(x, weight).tolist() == [[[[56, 72], [104, 120]]]]


def test_the_learnable_kernel_arrives_near_its_target():
    image = torch.ones(6, 8)
    image[:, 2:6] = 0
    target = cross_correlation2d(image[None, None], torch.tensor([[[[1.0, -1.0]]]]))[0, 0]
    history = learn_kernel(image, target, torch.zeros(1, 2))
    assert len(history) == 11
    assert (history[-1].kernel - torch.tensor([[1.0, -1.0]])).abs().max() < 0.05
    assert [step.loss for step in history] == sorted((step.loss for step in history), reverse=True)


def test_the_gradient_of_the_learnable_kernel_is_autograds():
    image, target = random(6, 8), random(6, 7, seed=1)
    kernel = random(1, 2, seed=2).requires_grad_()
    ((F.conv2d(image[None, None], kernel[None, None]) - target) ** 2).sum().backward()
    torch.testing.assert_close(learn_kernel(image, target, kernel.detach(), steps=0)[0].gradient, kernel.grad)


@pytest.mark.parametrize(
    ("length", "kernel", "stride", "padding", "units"),
    [(224, 11, 4, 1, 54), (224, 7, 2, 3, 112), (8, 3, 3, 0, 2), (8, 5, 4, 1, 2), (5, 3, 1, 0, 3), (227, 11, 4, 0, 55)],
)
def test_sizes_of_the_course_and_the_papers(length, kernel, stride, padding, units):
    assert window_axis(kernel, stride, padding).units(length) == units


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("amounts", [(0, 0), (1, 2), (3, 3), (4, 0), (5, 1), (6, 6)])
def test_padding_equals_torch_or_is_refused_with_it(mode, amounts):
    x = random(2, 3, 5)
    try:
        expected = F.pad(x, amounts, mode)
    except RuntimeError:
        with pytest.raises(UserError):
            pad_axis(x, -1, amounts, mode)
    else:
        assert torch.equal(pad_axis(x, -1, amounts, mode), expected)


@pytest.mark.parametrize("mode", PADDING_MODES)
@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    [(1, 0, 1, 1), (2, 1, 1, 2), ((2, 1), (1, 2), (2, 1), 4), (1, "same", 2, 1)],
)
def test_every_step_of_a_convolution_adds_up_to_the_output(mode, stride, padding, dilation, groups):
    x, weight, bias = random(4, 5, 6), random(4, 4 // groups, 3, 2, seed=1), random(4, seed=2)
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "padding_mode": mode}
    output = cross_correlation2d(x[None], weight, bias, **settings)[0]
    for channel, y, column in product(*map(range, output.shape)):
        step = convolution_step(x, weight, bias, channel, y, column, **settings)
        assert step.total == pytest.approx(float(output[channel, y, column]), abs=1e-12)
        torch.testing.assert_close(step.products, step.window * step.kernel)
        for row, across in product(range(3), range(2)):
            inside = 0 <= step.rows[row] < 5 and 0 <= step.columns[across] < 6
            assert bool(step.padded[row, across]) != inside
            if not inside and mode == "zeros":
                assert step.window[:, row, across].tolist() == [0] * (4 // groups)
            if inside:
                seen = x[step.first_channel :][: 4 // groups, step.rows[row], step.columns[across]]
                assert torch.equal(step.window[:, row, across], seen)


@pytest.mark.parametrize(
    ("call", "key"),
    [
        (lambda: cross_correlation2d(IMAGE, torch.ones(1, 1, 4, 4)), "op_window_too_large"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, stride=0), "op_positive"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, padding=-1), "op_padding_negative"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, stride=2, padding="same"), "op_same_stride"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, padding_mode="mirror"), "op_padding_mode"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, padding=3, padding_mode="reflect"), "op_reflect"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, padding=4, padding_mode="circular"), "op_circular"),
        (lambda: cross_correlation2d(IMAGE, KERNEL, groups=2), "op_groups"),
        (lambda: cross_correlation2d(IMAGE, torch.ones(1, 2, 2, 2)), "op_channels"),
        (lambda: transposed_convolution2d(IMAGE, KERNEL, output_padding=1), "op_output_padding"),
        (lambda: transposed_convolution2d(IMAGE, torch.ones(1, 1, 1, 1), padding=2), "op_nothing_left"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence_of_every_language(call, key):
    with pytest.raises(UserError) as error:
        call()
    assert error.value.key == key
    assert all(error.value.describe(language) for language in ("en", "zh-Hans", "zh-Hant"))
