import copy
import json
import math
import random
from functools import cache

import pytest
import torch
from torch import nn

from cnnviz.trace import LazyActivations, trace
from cnnviz.trace.explain import explain
from cnnviz.zoo import ARCHITECTURES, build

SMALL = {"width": 0.25}
NETWORKS = [
    ("lenet", {}, (1, 28, 28)),
    ("lenet", {"pool": "max", "activation": "relu", "batch_norm": "full", "dropout": 0.5}, (1, 28, 28)),
    ("lenet", {"activation": "tanh", "batch_norm": "mean"}, (1, 28, 28)),
    ("lenet", {"batch_norm": "variance"}, (3, 32, 32)),
    ("lenet", {"batch_norm": "fixed"}, (1, 28, 28)),
    ("alexnet", {"width": 0.125, "hidden": 32}, (1, 96, 96)),
    ("alexnet", {"form": "paper", "width": 0.25, "hidden": 32}, (3, 99, 99)),
    ("vgg", {"config": "A-LRN", "width": 0.125, "hidden": 32}, (3, 32, 32)),
    ("vgg", {"config": "C", "width": 0.125, "hidden": 32, "batch_norm": True}, (1, 40, 33)),
    ("nin", SMALL, (1, 96, 96)),
    ("nin", {"one_by_one": 3, "head": "dense", "width": 0.25}, (1, 96, 96)),
    ("googlenet", SMALL, (1, 64, 64)),
    ("googlenet", {"form": "torchvision", "width": 0.25}, (3, 64, 64)),
    ("resnet", SMALL, (1, 48, 48)),
    ("resnet", {"form": "torchvision", "depth": 50, "stem": "deep", "output_stride": 8, "width": 0.125}, (3, 48, 48)),
    ("resnet", {"form": "torchvision", "depth": 18, "order": "pre", "width": 0.25}, (3, 48, 48)),
    ("densenet", SMALL, (1, 48, 48)),
    ("densenet", {"bottleneck": True, "width": 0.5}, (1, 48, 48)),
    ("mobilenet", {"activation": "relu6", "width": 0.25}, (1, 48, 48)),
    ("mobilenet", {"version": "v2", "width": 0.25}, (3, 48, 48)),
    ("mobilenet", {"version": "v3-small", "width": 0.5}, (3, 48, 48)),
]
IDS = [f"{name}-{'-'.join(map(str, options.values()))}" for name, options, _ in NETWORKS]


@cache
def walked(number):
    """A network with random weights and statistics, its walk, and what its modules gave in a plain pass."""
    name, options, shape = NETWORKS[number]
    model = build(name, options, shape, seed=number)
    generator = torch.Generator().manual_seed(number)
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            for tensor, low, high in (
                (module.running_mean, -0.5, 0.5),
                (module.running_var, 0.5, 2),
                (module.weight, 0.5, 1.5),
                (module.bias, -0.5, 0.5),
            ):
                unused = "Mean" in type(module).__name__ and tensor is module.running_var
                unused = unused or ("Variance" in type(module).__name__ and tensor is module.running_mean)
                if tensor is not None and not unused:
                    tensor.data.uniform_(low, high, generator=generator)
    image = torch.randn(1, *shape, generator=generator)
    plain, copied = {}, copy.deepcopy(model)
    for path, module in copied.named_modules():
        module.register_forward_hook(lambda _m, _i, output, path=path: plain.setdefault(path, output.clone()))
    with torch.no_grad():
        copied(image)
    return LazyActivations(model, trace(model, shape), image), plain


def test_the_networks_are_of_every_family():
    assert {name for name, _, _ in NETWORKS} == set(ARCHITECTURES)


@pytest.mark.parametrize("number", range(len(NETWORKS)), ids=IDS)
def test_the_terms_of_a_random_value_of_every_row_sum_to_the_value_of_a_plain_forward(number):
    walk, plain = walked(number)
    draw, compared = random.Random(number), 0
    for record in walk.trace.layers:
        output = walk.output(record.name)[0]
        index = tuple(draw.randrange(size) for size in record.shape)
        explanation = explain(walk, record.name, index)
        tolerance = 1e-5 * float(output.abs().max())
        if record.name in plain:
            expected = float(plain[record.name][0][index])
            compared += 1
        else:
            expected = float(output[index])
        assert explanation.total == pytest.approx(expected, abs=tolerance), record
        assert explanation.value == pytest.approx(expected, abs=tolerance), record
        shown = math.fsum(
            [
                *(term.value for term in explanation.terms),
                explanation.bias or 0,
                explanation.rest.value if explanation.rest else 0,
            ]
        )
        assert shown == explanation.total
        for cell in explanation.sources:
            source = walk.output(cell.row)[0]
            assert cell.row in record.inputs
            assert len(cell.index) == source.dim()
            assert all(0 <= place < size for place, size in zip(cell.index, source.shape, strict=True))
    assert compared >= 12  # of 21 networks: 300 values and more against a plain pass


@pytest.mark.parametrize("number", range(len(NETWORKS)), ids=IDS)
def test_each_shown_number_is_the_one_that_stands_at_its_cell(number):
    walk, _ = walked(number)
    draw = random.Random(number + 100)
    for record in draw.sample(walk.trace.layers, min(20, len(walk.trace.layers))):
        index = tuple(draw.randrange(size) for size in record.shape)
        for term in explain(walk, record.name, index).terms:
            if term.cell is not None and term.operand is not None and record.kind != "sub":
                assert term.operand == float(walk.output(term.cell.row)[0][term.cell.index])
            if term.window is None:
                continue
            read = walk.output(term.window.row)[0]
            empty = -math.inf if record.kind == "MaxPool2d" else 0
            window = term.window
            for line, values, padded in zip(window.cells, window.values, window.padded, strict=True):
                for place, value, outside in zip(line, values, padded, strict=True):
                    assert (place is None) == outside
                    assert value == (float(read[place]) if place else empty)
            if term.window.products is not None:
                assert math.fsum(map(math.fsum, term.window.products)) == pytest.approx(term.value, abs=1e-12)


@pytest.mark.parametrize("number", range(len(NETWORKS)), ids=IDS)
def test_an_explanation_is_json_in_every_language(number):
    walk, _ = walked(number)
    kinds = {record.kind: record for record in walk.trace.layers}
    for record in kinds.values():
        explanation = explain(walk, record.name, tuple(0 for _ in record.shape))
        for language in ("en", "zh-Hans", "zh-Hant"):
            written = json.loads(json.dumps(explanation.to_json(language), allow_nan=False))
            assert written["how"]
            assert len(written["terms"]) == len(explanation.terms)


def test_the_path_can_be_followed_back_to_the_image():
    walk, _ = walked(IDS.index("lenet-"))
    name, index, steps = walk.trace.layers[-1].name, (3,), 0
    while name != "input":
        cell = explain(walk, name, index).sources[0]
        name, index, steps = cell.row, cell.index, steps + 1
    assert len(index) == 3
    assert steps == 12
