"""Every formula, evaluated, gives the number beside it and the number in the record."""

import re
from math import ceil, floor, prod

import pytest
import torch
from torch import nn

from cnnviz import zoo
from cnnviz.text import load
from cnnviz.trace import trace
from cnnviz.trace.arithmetic import arithmetic, flattened_inputs, reduction_weights

FORMS = [
    ("lenet", {}),
    ("alexnet", {}),
    ("alexnet", {"form": "paper"}),
    ("vgg", {"config": "C"}),
    ("nin", {}),
    ("googlenet", {}),
    ("googlenet", {"form": "torchvision"}),
    ("resnet", {"form": "torchvision", "output_stride": 8, "depth": 50}),
    ("densenet", {}),
    ("mobilenet", {}),
    ("mobilenet", {"version": "v3-large"}),
]

JOINED = {"channels", "additions", "multiplications"}


def evaluated(formula: str) -> float:
    """The value of a formula, read by Python."""
    for sign, python in {
        "·": "*",
        "−": "-",
        ",": "",
        "⌊": "floor(",
        "⌋": ")",
        "⌈": "ceil(",
        "⌉": ")",
    }.items():
        formula = formula.replace(sign, python)
    assert re.fullmatch(r"[0-9+\-*/() floorcei]+", formula), formula
    return eval(formula, {"__builtins__": {}}, {"floor": floor, "ceil": ceil})


def check(facts) -> set[str]:
    used, told = load("arithmetic"), set()
    for row in facts.layers:
        if len(row.inputs) > 1:
            assert {line.label for line in arithmetic(row)} & JOINED, row.name
        for line in arithmetic(row):
            told.add(line.label)
            assert used(line.label)
            assert evaluated(line.formula) == line.value, (row.name, str(line))
            if line.label == "parameters":
                assert line.value == row.num_params
            elif line.label == "multiply_adds":
                assert line.value == row.macs
            elif line.label == "channels":
                assert line.value == row.shape[0]
            elif line.label == "features":
                assert (line.value,) == row.shape
            elif line.label in ("additions", "multiplications"):
                assert line.value == prod(row.shape)
            elif line.label in ("side", "height", "repeated_side", "repeated_height"):
                assert line.value == row.shape[1]
            elif line.label in ("width", "repeated_width"):
                assert line.value == row.shape[2]
            else:
                assert line.value == row.receptive_field.size[line.label.endswith("width")]
    return told


@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_formula_of_a_network_is_true(form):
    entry = zoo.architecture(form[0])
    shape = entry.input_shape(entry.resolve(form[1]))
    told = check(trace(zoo.build(form[0], form[1], shape, device="meta"), shape))
    assert {"side", "parameters", "multiply_adds", "receptive_field"} <= told


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(4, 6, (3, 5), stride=(2, 1), padding=(0, 2), dilation=(2, 1), groups=2),
        nn.Conv2d(4, 6, (4, 2), padding="same"),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        nn.MaxPool2d(2, 2, 1, ceil_mode=True),
        nn.AvgPool2d(3, 3, ceil_mode=True),
        nn.MaxPool2d(1, 3, ceil_mode=True),
        nn.MaxPool2d(3, 2, 1, dilation=2),
        nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2),
        nn.AdaptiveAvgPool2d((7, 3)),
        nn.AdaptiveAvgPool2d(1),
        nn.BatchNorm2d(4),
        nn.GroupNorm(2, 4),
        nn.PReLU(4),
        nn.Conv1d(4, 2, 3),
    ],
    ids=repr,
)
@pytest.mark.parametrize("side", [9, 10, 11])
def test_every_formula_of_a_layer_is_true(layer, side):
    class Alone(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.layer(x.flatten(2)) if isinstance(layer, nn.Conv1d) else self.layer(x)

    facts = trace(Alone(), (4, side, side + 2))
    row = facts["layer"]
    lines = arithmetic(row)
    assert lines
    for line in lines:
        assert evaluated(line.formula) == line.value, str(line)
    assert {line.value for line in lines if line.label == "parameters"} <= {row.num_params}
    with torch.no_grad():
        assert row.shape == tuple(Alone().eval()(torch.zeros(1, 4, side, side + 2)).shape[1:])


def test_the_courses_lines_read_as_in_the_course():
    alexnet = trace(zoo.build("alexnet", device="meta"), (1, 224, 224))
    conv, flatten = alexnet.layers[0], next(row for row in alexnet.layers if row.operation == "view")
    assert [str(line) for line in arithmetic(conv)] == [
        "⌊(224 + 2·1 − 11)/4⌋ + 1 = 54",
        "96·1·11·11 + 96 = 11,712",
        "96·54·54·1·11·11 = 33,872,256",
        "1 + (11 − 1)·1 = 11",
    ]
    assert "256·5·5 = 6,400" in [str(line) for line in arithmetic(flatten)]
    paper = trace(zoo.build("alexnet", {"form": "paper"}, device="meta"), (3, 227, 227))
    grouped = next(row for row in paper.layers if row.settings.get("groups") == 2)
    assert "256·(96/2)·5·5 + 256 = 307,456" in [str(line) for line in arithmetic(grouped)]
    googlenet = trace(zoo.build("googlenet", device="meta"), (1, 96, 96))
    cat = next(row for row in googlenet.layers if row.kind == "cat")
    assert str(arithmetic(cat)[0]) == "64 + 128 + 32 + 32 = 256"


@pytest.mark.parametrize(
    ("name", "options", "shape", "layer", "line"),
    [
        ("lenet", {}, (1, 28, 28), "fc1", "16·5·5 = 400"),
        ("lenet", {"padding": 0}, (1, 28, 28), "fc1", "16·4·4 = 256"),
        ("alexnet", {}, (1, 224, 224), "fc1", "256·5·5 = 6,400"),
        ("alexnet", {"form": "torchvision"}, (3, 224, 224), "fc1", "256·6·6 = 9,216"),  # behind a dropout
        ("vgg", {}, (1, 224, 224), "fc1", "512·7·7 = 25,088"),
        ("resnet", {}, (1, 96, 96), "fc", "512·1·1 = 512"),
    ],
)
def test_the_first_dense_layer_says_what_its_inputs_were_before_they_were_flattened(name, options, shape, layer, line):
    facts = trace(zoo.build(name, options, shape, device="meta"), shape)
    found = flattened_inputs(facts, facts[layer])
    assert str(found) == line
    assert found.value == facts[layer].settings["in_features"]
    assert load("arithmetic")(found.label)


def test_no_other_layer_has_flattened_inputs():
    facts = trace(zoo.build("lenet", device="meta"), (1, 28, 28))
    assert [row.name for row in facts.layers if flattened_inputs(facts, row)] == ["fc1"]


@pytest.mark.parametrize(
    ("name", "options", "shape", "layer", "lines"),
    [
        (
            "googlenet",
            {},
            (1, 96, 96),
            "inception3a.branch3.conv1",
            ["32·192·5·5 = 153,600", "16·192 + 32·16·5·5 = 15,872"],
        ),
        # the first bottleneck keeps the 64 channels of the stem, the second reduces 256
        (
            "resnet",
            {"depth": 50, "form": "torchvision"},
            (3, 96, 96),
            "stage1.block2.conv1",
            ["64·256·3·3 = 147,456", "64·256 + 64·64·3·3 = 53,248"],
        ),
        ("resnet", {"depth": 50, "form": "torchvision"}, (3, 96, 96), "stage1.block1.conv1", []),
        ("nin", {}, (1, 224, 224), "block1.mlp1", []),
        ("lenet", {}, (1, 28, 28), "conv2", []),
    ],
)
def test_a_1x1_convolution_that_reduces_says_what_the_next_one_would_need_without_it(
    name, options, shape, layer, lines
):
    facts = trace(zoo.build(name, options, shape, device="meta"), shape)
    found = reduction_weights(facts, facts[layer])
    assert [str(line) for line in found] == lines
    assert all(load("arithmetic")(line.label) for line in found)
    if found:
        after = next(row for row in facts.layers if row.name == layer.replace("conv1", "conv2"))
        own = facts[layer].param_shapes[0], after.param_shapes[0]
        assert found[1].value == sum(prod(shape) for shape in own)


def test_a_gate_and_a_shortcut_have_their_arithmetic():
    mobilenet = trace(zoo.build("mobilenet", {"version": "v3-small"}, device="meta"), (3, 224, 224))
    assert [str(line) for line in arithmetic(mobilenet["block1.se.mul"])] == ["1·56 = 56", "16·56·56 = 50,176"]
    assert [str(line) for line in arithmetic(mobilenet["block3.add"])] == ["24·28·28 = 18,816"]


@pytest.mark.parametrize(
    ("narrow", "lines"),
    [
        ((1, 7), ["1·5 = 5", "4·5·7 = 140"]),
        ((5, 1), ["1·7 = 7", "4·5·7 = 140"]),
        ((1, 1), ["1·5 = 5", "1·7 = 7", "4·5·7 = 140"]),
        ((5, 7), ["4·5·7 = 140"]),
    ],
)
def test_what_is_repeated_over_a_map_is_said_by_axis(narrow, lines):
    class Gate(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * torch.nn.functional.adaptive_avg_pool2d(x, narrow)

    assert [str(line) for line in arithmetic(trace(Gate(), (4, 5, 7)).layers[-1])] == lines


def test_the_last_window_of_a_ceiling_pool_must_start_inside():
    (row,) = trace(nn.Sequential(nn.MaxPool2d(2, 2, 1, ceil_mode=True)), (1, 3, 5)).layers
    assert row.shape == tuple(nn.MaxPool2d(2, 2, 1, ceil_mode=True)(torch.zeros(1, 1, 3, 5)).shape[1:])
    assert prod(row.shape) == arithmetic(row)[0].value * arithmetic(row)[1].value
