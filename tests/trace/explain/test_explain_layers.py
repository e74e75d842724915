import math
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.errors import UserError
from cnnviz.text import load
from cnnviz.trace.explain import (
    LayerCall,
    channel_contributions,
    explain_call,
    explain_cross_entropy,
    explain_softmax,
    softmax_steps,
)
from cnnviz.trace.operations import module_operation


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def call(module, *inputs):
    with torch.no_grad():
        output = module(*(x[None] for x in inputs))[0]
    sources = tuple(f"before{number}" for number in range(len(inputs)))
    operation, _ = module_operation(module.eval(), (1, *inputs[0].shape))
    return LayerCall("row", type(module).__name__, inputs, output, sources, module, operation=operation)


LAYERS = [
    *(
        nn.Conv2d(4, 6, kernel, stride, padding, dilation, groups, bias, mode)
        for kernel, stride, padding, dilation, groups, bias, mode in (
            (3, 1, 1, 1, 1, True, "zeros"),
            (1, 1, 0, 1, 1, True, "zeros"),
            (3, (2, 1), (1, 0), 1, 2, False, "zeros"),
            ((2, 3), 1, "same", (2, 1), 1, True, "zeros"),
            (3, 2, 2, 2, 1, True, "reflect"),
            (3, 1, 2, 1, 1, True, "replicate"),
            (5, 2, 3, 1, 2, True, "circular"),
            (4, 1, "same", 1, 1, True, "reflect"),
        )
    ),
    nn.Conv2d(4, 8, 3, 1, 1, groups=4),
    nn.MaxPool2d(3, 2, 1),
    nn.MaxPool2d(2, ceil_mode=True),
    nn.MaxPool2d((2, 3), 1, 1, (2, 1)),
    nn.AvgPool2d(2),
    nn.AvgPool2d(3, 2, 1),
    nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
    nn.AvgPool2d(3, 2, 1, ceil_mode=True),
    nn.AvgPool2d(2, divisor_override=3),
    nn.AdaptiveAvgPool2d(1),
    nn.AdaptiveAvgPool2d((3, 2)),
    nn.AdaptiveMaxPool2d((3, 4)),
    nn.LocalResponseNorm(3, 0.5, 0.75, 2.0),
    nn.LocalResponseNorm(4),
    nn.Dropout(0.3),
    nn.Identity(),
    nn.Flatten(),
    nn.Sigmoid(),
    nn.Tanh(),
    nn.ReLU(),
    nn.ReLU6(),
    nn.Hardswish(),
    nn.Hardsigmoid(),
    nn.BatchNorm2d(4),
    nn.BatchNorm2d(4, affine=False),
    nn.BatchNorm2d(4, track_running_stats=False),
]


@pytest.mark.parametrize("layer", LAYERS, ids=repr)
def test_every_value_of_a_layer_is_explained(layer):
    one = call(layer.eval(), 4 * random(4, 7, 6))
    largest = float(one.output.abs().max())
    for index in product(*map(range, one.output.shape)):
        explanation = explain_call(one, index)
        assert explanation.total == pytest.approx(float(one.output[index]), abs=1e-5 * largest)
        assert explanation.sources


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_padding_cells_are_marked_and_what_stands_there_is_named(mode):
    layer = nn.Conv2d(1, 1, 3, padding=1, padding_mode=mode)
    explanation = explain_call(call(layer, random(1, 4, 4)), (0, 0, 0))
    window = explanation.terms[0].window
    assert window.padded == ((True, True, True), (True, False, False), (True, False, False))
    corner = {"zeros": None, "reflect": (0, 1, 1), "replicate": (0, 0, 0), "circular": (0, 3, 3)}[mode]
    assert window.cells[0][0] == corner
    assert [note.key for note in explanation.notes] == [f"note.padding_{mode}"]


def test_the_worked_example_reads_as_in_the_course():
    layer = nn.Conv2d(1, 1, 2)
    layer.weight.data = torch.arange(4.0).reshape(1, 1, 2, 2)
    layer.bias.data = torch.tensor([-1.0])
    explanation = explain_call(call(layer, torch.arange(9.0).reshape(1, 3, 3)), (0, 0, 0))
    assert explanation.formula == "0 × 0 + 1 × 1 + 3 × 2 + 4 × 3 − 1 = 18"
    assert explanation.total == 18


def test_of_many_channels_the_strongest_are_shown_and_the_rest_is_exact():
    layer = nn.Conv2d(40, 2, 3)
    x = random(40, 5, 5)
    one = call(layer, x)
    explanation = explain_call(one, (1, 2, 1), limit=6)
    sums = (layer.weight[1].double() * x[:, 2:5, 1:4].double()).sum((1, 2)).detach()
    shown = [term.label.values["channel"] for term in explanation.terms]
    assert shown == sorted(sums.abs().topk(6).indices.tolist())
    assert explanation.rest.count == 34
    assert explanation.rest.value == pytest.approx(float(sums.sum() - sums[shown].sum()), abs=1e-12)
    assert len(explain_call(one, (1, 2, 1), limit=40).terms) == 40


def test_max_pooling_names_the_first_of_equals_as_torch_does():
    x = torch.tensor([[[1.0, 5.0], [5.0, 2.0]]])
    explanation = explain_call(call(nn.MaxPool2d(2), x), (0, 0, 0))
    assert explanation.terms[0].window.winner == (0, 1)
    assert explanation.terms[0].cell.index == (0, 0, 1)
    assert F.max_pool2d_with_indices(x, 2)[1].item() == 1


def test_the_mean_of_a_large_map_shows_its_largest_cells_and_the_rest():
    explanation = explain_call(call(nn.AdaptiveAvgPool2d(1), random(2, 30, 30)), (1, 0, 0))
    assert len(explanation.terms) == 8
    assert explanation.rest.count == 892


@pytest.mark.parametrize(
    ("function", "operation", "shapes"),
    [
        (torch.add, "add", ((3, 4, 4), (3, 4, 4))),
        (torch.sub, "subtract", ((3, 4, 4), (3, 4, 4))),
        (torch.mul, "multiply", ((3, 4, 4), (3, 1, 1))),
        (lambda a, b: torch.cat([a, b], 1), "cat", ((3, 4, 4), (2, 4, 4))),
        (lambda a: a.mean((2, 3)), "mean", ((3, 4, 5),)),
        (lambda a: a.mean((2, 3), keepdim=True), "mean", ((3, 4, 5),)),
        (lambda a: a.flatten(1), "view", ((3, 4, 5),)),
        (lambda a: torch.softmax(a, 1), "softmax", ((5,),)),
    ],
)
def test_every_value_of_an_operation_is_explained(function, operation, shapes):
    inputs = tuple(random(*shape, seed=number) for number, shape in enumerate(shapes))
    output = function(*(x[None] for x in inputs))[0]
    sources = tuple(f"before{n}" for n in range(len(inputs)))
    one = LayerCall("row", operation, inputs, output, sources, operation=operation)
    for index in product(*map(range, output.shape)):
        assert explain_call(one, index).total == pytest.approx(float(output[index]), abs=1e-6)


def test_a_concatenation_names_branch_and_channel():
    inputs = random(64, 2, 2), random(128, 2, 2, seed=1)
    one = LayerCall("row", "cat", inputs, torch.cat(inputs), ("left", "right"), operation="cat")
    explanation = explain_call(one, (70, 1, 0))
    assert (explanation.terms[0].cell.row, explanation.terms[0].cell.index) == ("right", (6, 1, 0))
    assert explanation.formula == "70 = 64 + 6"


def test_a_flattened_place_is_worked_out():
    explanation = explain_call(call(nn.Flatten(), random(16, 5, 5)), (86,))
    assert explanation.formula == "(3 · 5 + 2) · 5 + 1 = 86"
    assert explanation.terms[0].cell.index == (3, 2, 1)


def test_a_dense_layer_shows_its_largest_contributions():
    layer = nn.Linear(100, 3)
    x = random(100)
    explanation = explain_call(call(layer, x), (2,), limit=5)
    strongest = (layer.weight[2] * x).detach().abs().topk(5).indices.tolist()
    assert [term.cell.index[0] for term in explanation.terms] == sorted(strongest)
    assert explanation.total == pytest.approx(float(layer(x)[2].detach()), abs=1e-6)


def test_batch_norm_puts_its_numbers_into_the_formula():
    layer = nn.BatchNorm2d(1, eps=0.0)
    layer.running_mean.fill_(1.0)
    layer.running_var.fill_(4.0)
    layer.weight.data.fill_(3.0)
    layer.bias.data.fill_(-0.5)
    explanation = explain_call(call(layer.eval(), torch.full((1, 1, 1), 5.0)), (0, 0, 0))
    assert explanation.formula == "3 × (5 − 1) / √(4 + 0) − 0.5 = 5.5"
    assert {fact.symbol: fact.value for fact in explanation.facts} == {
        "x": 5,
        "μ": 1,
        "σ²": 4,
        "ε": 0,
        "x̂": 2,
        "γ": 3,
        "β": -0.5,
    }


def test_softmax_and_cross_entropy_of_the_scores():
    scores = 5 * random(20)
    for place in range(20):
        probability = float(scores.softmax(0)[place])
        assert explain_softmax(scores, place).total == pytest.approx(probability, abs=1e-7)
        for smoothing in (0.0, 0.1):
            expected = F.cross_entropy(scores[None], torch.tensor([place]), label_smoothing=smoothing)
            explanation = explain_cross_entropy(scores, place, smoothing)
            assert explanation.total == pytest.approx(float(expected), abs=1e-5)
    assert len(explain_cross_entropy(scores, 0, 0.1).terms) == 8
    assert explain_softmax(scores, 3, "fc3").sources[0].to_json() == {"row": "fc3", "index": [3]}
    assert math.fsum(explain_softmax(scores, k).value for k in range(20)) == pytest.approx(1)


@pytest.mark.parametrize("size", [0.1, 5.0, 300.0, 5000.0])
def test_the_steps_of_a_softmax_are_torch_s_and_can_be_computed_by_hand(size):
    scores = size * random(20)
    steps = softmax_steps(scores)
    assert steps.probabilities.dtype == torch.float64
    torch.testing.assert_close(steps.probabilities, torch.softmax(scores.double(), 0))
    torch.testing.assert_close(steps.probabilities.float(), torch.softmax(scores, 0), rtol=1e-5, atol=1e-7)
    by_hand = [math.exp(float(z) - steps.taken_off) for z in scores]
    assert steps.powers.tolist() == pytest.approx(by_hand)
    assert steps.total == pytest.approx(math.fsum(by_hand))
    assert math.isfinite(steps.total)
    assert (steps.taken_off == 0) == bool(scores.abs().max() <= 20)


def test_the_formula_of_a_probability_shows_its_power_and_the_sum():
    assert explain_softmax([0.0, 0.0], 1).formula == "e^0 / 2 = 1 / 2 = 0.5"
    assert explain_softmax([100.0, 100.0], 1).formula == "e^(100 − 100) / 2 = 1 / 2 = 0.5"


@pytest.mark.parametrize(
    "make",
    [
        lambda: explain_call(call(nn.Identity(), random(1, 2, 2)), (0, 2, 0)),
        lambda: explain_call(call(nn.Identity(), random(1, 2, 2)), (0, 0)),
        lambda: explain_call(call(nn.Softplus(), random(1, 2, 2)), (0, 0, 0)),
        lambda: explain_softmax(random(3), 3),
        lambda: explain_cross_entropy(random(3), 0, 2.0),
        lambda: channel_contributions(nn.Conv2d(1, 1, 1), random(1, 2, 2), 1),
    ],
)
def test_what_cannot_be_explained_is_refused_in_every_language(make):
    with pytest.raises(UserError) as error:
        make()
    assert all(error.value.describe(language) for language in ("en", "zh-Hans", "zh-Hant"))


@pytest.mark.parametrize("layer", [one for one in LAYERS if isinstance(one, nn.Conv2d)], ids=repr)
def test_intermediate_maps_and_bias_add_up_to_the_output_map(layer):
    x = random(4, 7, 6)
    expected = layer(x[None])[0].detach()
    for channel in range(layer.out_channels):
        whole = channel_contributions(layer, x, channel)
        assert whole.maps.shape == (4 // layer.groups, *expected.shape[1:])
        torch.testing.assert_close(whole.maps.sum(0) + whole.bias, expected[channel])
        some = channel_contributions(layer, x, channel, limit=1)
        rest = 0 if some.rest is None else some.rest
        torch.testing.assert_close(some.maps.sum(0) + rest + some.bias, expected[channel])
        assert len(some.channels) + some.rest_count == len(whole.channels)


DIVISOR, COUNTED = ("note.average_divisor", None), ("note.average_padding_counted", 4)
POOLS = [
    # layer, side of the map, unit, value on 0, 1, 2, … and the notes with their numbers
    (nn.AvgPool2d(2, 3, ceil_mode=True), 7, (0, 2, 2), 48.0, [("note.overhang", 3)]),
    (nn.AvgPool2d(2, 3, ceil_mode=True, count_include_pad=False), 7, (0, 2, 2), 48.0, [("note.overhang", 3)]),
    (nn.AvgPool2d(2, 3, ceil_mode=True), 7, (0, 0, 2), (6 + 13) / 2, [("note.overhang", 2)]),
    (nn.AvgPool2d(2, 2, 1), 3, (0, 0, 0), 0.0, [("note.average_padding_counted", 3)]),
    (nn.AvgPool2d(2, 2, 1, count_include_pad=False), 3, (0, 0, 1), 1.5, [("note.average_padding_left_out", 2)]),
    (nn.AvgPool2d(2, 3, ceil_mode=True, divisor_override=8), 7, (0, 2, 2), 6.0, [DIVISOR, ("note.overhang", 3)]),
    (nn.AvgPool2d(2, 2, 1, divisor_override=8), 3, (0, 0, 0), 0.0, [("note.padding_zeros", 3), DIVISOR]),
    # the window of rows 3 to 5: padding in row 4 counts, row 5 hangs over
    (nn.AvgPool2d(3, 2, 1, ceil_mode=True), 4, (0, 2, 0), 25 / 6, [COUNTED, ("note.overhang", 3)]),
    (nn.MaxPool2d(2, 3, ceil_mode=True), 7, (0, 2, 2), 48.0, [("note.overhang", 3)]),
    (nn.MaxPool2d(3, 2, 1, ceil_mode=True), 4, (0, 2, 0), 13.0, [("note.max_padding", 4), ("note.overhang", 3)]),
    (nn.MaxPool2d(2, 1, dilation=3), 5, (0, 1, 1), 24.0, []),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "side", "unit", "value", "notes"), POOLS, ids=lambda part: repr(part)[:60])
def test_a_pooled_value_tells_padding_from_what_hangs_over(layer, side, unit, value, notes):
    told = explain_call(call(layer, torch.arange(float(side * side)).reshape(1, side, side)), unit)
    assert told.value == pytest.approx(value)
    assert [(note.key, note.values.get("cells")) for note in told.notes] == notes
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert all("{" not in note.describe(load("explain", language)) for note in told.notes)
