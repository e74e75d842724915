"""The fast CPU kernels against torch's own, forward and backward, and where they leave an operation alone."""

from contextlib import nullcontext

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz import zoo
from cnnviz.accelerate import cpu_kernels
from cnnviz.accelerate.cpu_kernels import FastCpuKernels, enabled_kernels
from cnnviz.train import TrainConfig, resolve_machine

ALL = tuple(cpu_kernels.OVERRIDES)
LAYOUTS = {"plain": torch.contiguous_format, "channels-last": torch.channels_last}


@pytest.fixture
def avx2(monkeypatch):
    """As on a processor with AVX2 and nothing wider."""
    monkeypatch.setattr("cnnviz.accelerate.processor.instruction_set", lambda: "AVX2")


@pytest.fixture
def taken(monkeypatch):
    """The names of the overrides that ran."""
    names = []

    def watched(name, function, override):
        def run(*args, **kwargs):
            result = override(*args, **kwargs)
            names.extend([name] if result is not None else [])
            return result

        return function, run

    watchers = {name: watched(name, *pair) for name, pair in cpu_kernels.OVERRIDES.items()}
    monkeypatch.setattr(cpu_kernels, "OVERRIDES", watchers)
    return names


def results(layer, maps, way, is_image):
    """What the layer gives, and the gradients of its weights and of what it reads, unless that is an image."""
    layer.zero_grad()
    maps = maps.clone().requires_grad_(not is_image)
    with way:
        found = layer(maps)
    slopes = torch.sin(torch.arange(found.numel(), dtype=found.dtype)).view(found.shape)
    found.backward(slopes)
    asked = layer.parameters() if is_image else (maps, *layer.parameters())
    return [found.detach(), *(tensor.grad for tensor in asked)]


def same(layer, maps, is_image=False, within=1e-5):
    ours, torchs = (results(layer, maps, way, is_image) for way in (FastCpuKernels(ALL), nullcontext()))
    for quick, plain in zip(ours, torchs, strict=True):
        assert quick.shape == plain.shape
        assert float((quick - plain).abs().max()) <= within * float(plain.abs().max())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    ("shape", "windows"), [((3, 6, 28, 28), (2, 2)), ((2, 7, 10, 4), ((2, 2), None)), ((1, 1, 2, 2), (2, [2, 2]))]
)
def test_an_average_over_pairs_is_torchs_own_to_the_bit(layout, shape, windows, taken):
    same(nn.AvgPool2d(*windows), torch.rand(shape).contiguous(memory_format=LAYOUTS[layout]), within=0)
    assert taken == ["average_pool"]


@pytest.mark.parametrize(
    "after",
    [
        lambda maps: maps.sum((2, 3)),
        lambda maps: maps.transpose(1, 3),
        lambda maps: maps[:, :, ::2],
        lambda maps: maps.relu_(),
        lambda maps: torch.cat((maps, maps.contiguous(memory_format=torch.channels_last)), 1),
    ],
    ids=["sum", "transpose", "slice", "in place", "cat"],
)
@pytest.mark.parametrize("channels", [1, 3, 16])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_follows_an_average_may_be_anything(after, channels, layout):
    class Network(nn.Module):
        def forward(self, maps):
            return after(F.avg_pool2d(maps, 2))

    maps = torch.rand(2, channels, 8, 8).contiguous(memory_format=LAYOUTS[layout])
    same(Network(), maps, within=0)


@pytest.mark.parametrize(
    "call",
    [
        lambda maps: F.avg_pool2d(input=maps, kernel_size=2),
        lambda maps: F.max_pool2d(input=maps, kernel_size=2),
        lambda maps: F.conv2d(input=maps, weight=torch.ones(4, 8, 3, 3)),
        lambda maps: F.avg_pool2d(maps, np.int64(2)),
        lambda maps: F.conv2d(maps, torch.ones(4, 8, 3, 3), stride=np.int64(2)),
    ],
    ids=["average", "maximum", "convolution", "numpy average", "numpy convolution"],
)
def test_every_call_that_torch_takes_is_taken(call):
    maps = torch.rand(2, 8, 8, 8)
    with FastCpuKernels(ALL):
        found = call(maps)
    assert torch.equal(found, call(maps))


@pytest.mark.parametrize(
    "call",
    [
        lambda maps: F.avg_pool2d(maps, ()),
        lambda maps: F.max_pool2d(maps, 2, stride=0),
        lambda maps: F.conv2d(maps, torch.ones(4, 8, 3, 3), stride=()),
    ],
    ids=["average", "maximum", "convolution"],
)
def test_what_torch_refuses_it_refuses_in_torchs_words(call):
    maps = torch.rand(2, 8, 8, 8)
    with pytest.raises(RuntimeError) as torchs:
        call(maps)
    with FastCpuKernels(ALL), pytest.raises(RuntimeError) as ours:
        call(maps)
    assert str(ours.value) == str(torchs.value)


@pytest.mark.parametrize(
    "windows",
    [
        {"kernel_size": 3, "stride": 2, "padding": 1},
        {"kernel_size": 3, "stride": 1, "padding": 1},
        {"kernel_size": (2, 3)},
        {"kernel_size": 2, "dilation": 2},
        {"kernel_size": 3, "stride": 2, "ceil_mode": True},
    ],
    ids=str,
)
def test_a_maximum_is_torchs_own_to_the_bit_also_where_several_are_largest(windows, taken):
    maps = (torch.rand(3, 8, 12, 10, generator=torch.Generator().manual_seed(0)) * 4 - 2).round()
    same(nn.MaxPool2d(**windows), maps, within=0)
    assert taken == ["max_pool"]


def test_a_maximum_without_gradients_is_torchs_own(taken):
    maps = torch.rand(2, 16, 9, 9)
    with FastCpuKernels(ALL), torch.inference_mode():
        found = F.max_pool2d(maps, 2)
    assert torch.equal(found, F.max_pool2d(maps, 2))
    assert found.is_contiguous()
    assert taken == ["max_pool"]


@pytest.mark.parametrize(
    "maps",
    [
        torch.rand(2, 3, 8, 8),
        torch.rand(2, 8, 8, 8).double(),
        torch.rand(8, 8, 8),
        torch.rand(2, 8, 8, 8).contiguous(memory_format=torch.channels_last),
    ],
    ids=["narrow", "double", "single", "channels-last"],
)
def test_other_maxima_are_left_to_torch(maps, taken):
    same(nn.MaxPool2d(2), maps, within=0)
    assert taken == []


def test_places_that_are_asked_for_are_torchs_own(taken):
    maps = torch.rand(2, 8, 8, 8)
    with FastCpuKernels(ALL):
        _, places = F.max_pool2d(maps, 2, return_indices=True)
    assert torch.equal(places, F.max_pool2d(maps, 2, return_indices=True)[1])
    assert taken == []


@pytest.mark.parametrize(
    "layer",
    [
        nn.AvgPool2d(3),
        nn.AvgPool2d(2, 1),
        nn.AvgPool2d(2, padding=1),
        nn.AvgPool2d(2, divisor_override=3),
        nn.AvgPool2d((2, 4)),
    ],
    ids=str,
)
def test_other_averages_are_left_to_torch(layer, taken):
    same(layer, torch.rand(2, 3, 12, 12))
    assert taken == []


@pytest.mark.parametrize(
    "maps",
    [torch.rand(2, 3, 7, 8), torch.rand(3, 8, 8), torch.rand(2, 3, 8, 8).double()],
    ids=["odd", "single", "double"],
)
def test_maps_that_do_not_fit_are_left_to_torch(maps, taken):
    same(nn.AvgPool2d(2), maps)
    assert taken == []


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("places", [(5, 1, 2), (3, 2, 0), (7, 2, 3), (3, 1, 2, 2), ((1, 4), 1, 0)])
def test_a_convolution_of_grey_images_has_torchs_own_gradients(bias, places, taken):
    same(nn.Conv2d(1, 6, *places, bias=bias), torch.rand(4, 1, 20, 17), is_image=True)
    assert taken == ["convolution"]


@pytest.mark.parametrize("channels", [2, 6, 7])
@pytest.mark.parametrize("places", [(5, 1, 0), (3, 2, 1), ((3, 5), 1, (1, 2))])
def test_a_convolution_of_few_channels_in_channels_last_has_torchs_own_gradients(channels, places, taken):
    layer = nn.Conv2d(channels, 16, *places).to(memory_format=torch.channels_last)
    same(layer, torch.rand(4, channels, 14, 14).contiguous(memory_format=torch.channels_last))
    assert taken == ["convolution"]


@pytest.mark.parametrize(
    ("layer", "maps"),
    [
        (nn.Conv2d(8, 4, 3), torch.rand(2, 8, 9, 9)),
        (nn.Conv2d(6, 6, 3, groups=6), torch.rand(2, 6, 9, 9)),
        (nn.Conv2d(1, 4, 3, padding="same"), torch.rand(2, 1, 9, 9)),
        (nn.Conv2d(6, 4, 3), torch.rand(2, 6, 9, 9)),
        (nn.Conv2d(1, 4, 3).double(), torch.rand(2, 1, 9, 9).double()),
        (nn.Conv2d(1, 4, 3).to(memory_format=torch.channels_last), torch.rand(2, 1, 9, 9)),
        (nn.Conv2d(2, 64, 3), torch.rand(2, 2, 9, 9).contiguous(memory_format=torch.channels_last)),
        (nn.Conv2d(2, 4, 1), torch.rand(2, 2, 9, 9).contiguous(memory_format=torch.channels_last)),
    ],
    ids=["wide", "groups", "same", "plain", "double", "channels-last", "many outputs", "1x1"],
)
def test_other_convolutions_are_left_to_torch(layer, maps, taken):
    same(layer, maps)
    assert taken == []


def test_a_look_without_gradients_takes_torchs_own_convolution(taken):
    with FastCpuKernels(ALL), torch.no_grad():
        nn.Conv2d(1, 4, 3)(torch.rand(1, 1, 8, 8))
    assert taken == []


def test_it_holds_inside_alone(taken):
    with FastCpuKernels(ALL):
        pass
    F.avg_pool2d(torch.rand(1, 1, 4, 4), 2)
    assert taken == []


def test_lenet_in_training_takes_them_for_the_first_average_and_the_narrow_convolution(taken, avx2):
    network = zoo.build("lenet", {}, (1, 28, 28), 10)
    machine = resolve_machine(TrainConfig(device="cpu", precision="float32"), network)
    network.to(memory_format=torch.channels_last).train()
    with machine.autocast():
        network(torch.rand(2, 1, 28, 28)).sum().backward()
    assert taken == ["average_pool", "convolution"]


@pytest.mark.parametrize("settings", [{"precision": "bfloat16"}, {"precision": "float32", "compile": True}])
def test_bfloat16_and_a_compiled_network_do_without(settings, monkeypatch, avx2):
    monkeypatch.setattr("cnnviz.train.machine.has_compiler", lambda: True)
    assert resolve_machine(TrainConfig(device="cpu", **settings), nn.AvgPool2d(2)).fast_kernels == ()


def test_a_kernel_that_is_not_named_stays_torchs_own(taken):
    with FastCpuKernels(("average_pool",)):
        F.max_pool2d(torch.rand(2, 8, 8, 8), 2)
        F.avg_pool2d(torch.rand(2, 8, 8, 8), 2)
    assert taken == ["average_pool"]


@pytest.mark.parametrize(("instructions", "expected"), [("AVX2", ALL), ("AVX512", ()), ("DEFAULT", ())])
def test_they_are_on_where_they_were_measured_and_nowhere_else(instructions, expected, monkeypatch):
    monkeypatch.setattr("cnnviz.accelerate.processor.instruction_set", lambda: instructions)
    assert enabled_kernels() == expected
