import subprocess
import sys
from itertools import product

import pytest
import torch
from torch import nn

from cnnviz.accelerate.output_shapes import empty_output, empty_result
from cnnviz.zoo.builder_tools import run_on_meta


def on_meta(module, *shape, dtype=torch.float32):
    return module.to("meta"), torch.empty(shape, device="meta", dtype=dtype)


LAYERS = {
    "convolution": [
        nn.Conv2d(3, 6, kernel, stride, padding, dilation, groups)
        for kernel, stride, padding, dilation, groups in product(
            (1, 3, (2, 5)), (1, 2, (3, 1)), (0, (1, 2)), (1, 2), (1, 3)
        )
    ]
    + [nn.Conv2d(3, 4, 4, padding="same"), nn.Conv2d(3, 4, 3, padding="valid", bias=False)],
    "average pool": [nn.AvgPool2d(*settings) for settings in product((2, (3, 2)), (None, 1, 3), (0, 1), (False, True))],
    "max pool": [
        nn.MaxPool2d(*settings, ceil_mode=ceil)
        for *settings, ceil in product((2, 3), (None, 1, 3), (0, 1), (1, 2), (False, True))
    ],
    "adaptive pool": [nn.AdaptiveAvgPool2d(size) for size in (1, (2, 3), (None, 4), 5)] + [nn.AdaptiveMaxPool2d(2)],
    "response norm": [nn.LocalResponseNorm(5)],
}


@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("size", [(9, 9), (8, 13), (7, 10)])
def test_the_formula_gives_the_shape_that_torch_computes(layers, size):
    for layer in layers:
        expected = layer(torch.zeros(2, 3, *size)).shape
        module, x = on_meta(layer, 2, 3, *size)
        found = empty_output(module, x)
        assert found is not None, layer
        assert found.is_meta
        assert found.shape == expected, layer


@pytest.mark.parametrize("shape", [(2, 5), (2, 3, 5)])
def test_a_dense_layer_keeps_the_leading_dimensions(shape):
    module, x = on_meta(nn.Linear(5, 7), *shape)
    assert empty_output(module, x).shape == (*shape[:-1], 7)


DOUBTFUL = {
    "channels": (nn.Conv2d(3, 6, 3), (1, 4, 9, 9)),
    "features": (nn.Linear(5, 7), (1, 4)),
    "too small": (nn.Conv2d(3, 6, 5), (1, 3, 4, 9)),
    "no batch": (nn.Conv2d(3, 6, 3), (3, 9, 9)),
    "reflected": (nn.Conv2d(3, 6, 3, padding=1, padding_mode="reflect"), (1, 3, 9, 9)),
    "pool padding": (nn.AvgPool2d(2, padding=2), (1, 3, 9, 9)),
    "two outputs": (nn.MaxPool2d(2, return_indices=True), (1, 3, 9, 9)),
    "no pixel": (nn.MaxPool2d(3), (1, 3, 2, 9)),
    "another layer": (nn.ConvTranspose2d(3, 6, 3), (1, 3, 9, 9)),
}


@pytest.mark.parametrize(("layer", "shape"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_has_no_rule_or_breaks_one_is_left_to_torch(layer, shape):
    assert empty_output(*on_meta(layer, *shape)) is None


def test_layers_of_another_kind_type_or_layout_are_left_to_torch():
    class Twice(nn.Conv2d):
        """A layer of one's own."""

    module, x = on_meta(nn.Conv2d(3, 6, 3), 1, 3, 9, 9)
    assert empty_output(Twice(3, 6, 3).to("meta"), x) is None
    assert empty_output(module, x.double()) is None
    assert empty_output(module, x.contiguous(memory_format=torch.channels_last)) is None
    assert empty_output(nn.Conv2d(3, 6, 3), torch.zeros(1, 3, 9, 9)) is None


JOINS = [
    (torch.cat, ([(1, 2, 4, 4), (1, 3, 4, 4)],), {"dim": 1}),
    (torch.cat, ([(2, 3), (4, 3)],), {}),
    (torch.cat, ([(1, 2, 5), (1, 2, 6)], -1), {}),
    (torch.add, ((1, 3, 4, 4), (1, 3, 4, 4)), {}),
    (torch.Tensor.mul, ((2, 3, 4, 4), (2, 3, 1, 1)), {}),
    (torch.sub, ((2, 1), (1, 3)), {}),
]


def empty(shape):
    return (
        [empty(one) for one in shape]
        if isinstance(shape, list)
        else (torch.empty(shape, device="meta") if isinstance(shape, tuple) else shape)
    )


@pytest.mark.parametrize(("function", "shapes", "options"), JOINS)
def test_joins_and_sums_have_the_shape_that_torch_gives_them(function, shapes, options):
    given = [empty(shape) for shape in shapes]
    real = [
        [torch.zeros(one.shape) for one in each]
        if isinstance(each, list)
        else torch.zeros(each.shape)
        if isinstance(each, torch.Tensor)
        else each
        for each in given
    ]
    found = empty_result(function, given, options)
    assert found.is_meta
    assert found.shape == function(*real, **options).shape


@pytest.mark.parametrize(
    ("function", "shapes", "options"),
    [
        (torch.cat, ([(1, 2, 4, 4), (1, 3, 5, 4)], 1), {}),
        (torch.cat, ([(1, 2), (1, 2, 3)],), {}),
        (torch.cat, ([],), {}),
        (torch.cat, ([(1, 2)], 5), {}),
        (torch.cat, ([(1, 2)],), {"out": torch.empty(1, 2, device="meta")}),
        (torch.add, ((1, 3), (1, 4)), {}),
        (torch.add, ((1, 3), 2), {}),
        (torch.add, ((1, 3), (3,)), {}),
        (torch.add, ((1, 3), (1, 3)), {"alpha": 2}),
        (torch.relu, ((1, 3),), {}),
    ],
)
def test_joins_and_sums_that_break_a_rule_are_left_to_torch(function, shapes, options):
    assert empty_result(function, [empty(shape) for shape in shapes], options) is None


def test_tracing_a_network_of_any_family_loads_neither_sympy_nor_torchs_compiler():
    code = (
        "import sys\nfrom cnnviz import zoo\nfrom cnnviz.trace import trace\n"
        "for name in zoo.ARCHITECTURES:\n"
        "    entry = zoo.architecture(name)\n"
        "    trace(zoo.build(name, device='meta'), entry.input_shape(entry.resolve({})))\n"
        "print(*{'sympy', 'torch._dynamo', 'torch._inductor'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.strip()


@pytest.mark.parametrize(("plain", "asked"), [("0", 0), ("1", 1)])
def test_torch_is_asked_for_every_layers_shape_where_the_fast_paths_are_off(monkeypatch, plain, asked):
    class Counting(nn.ReLU):
        calls = 0

        def forward(self, input):
            Counting.calls += 1
            return super().forward(input)

    monkeypatch.setenv("CNNVIZ_PLAIN", plain)
    assert run_on_meta(nn.Sequential(Counting()).to("meta"), (3, 4, 4)) == (3, 4, 4)
    assert Counting.calls == asked
