"""The right value of every generator's items computed another way: by torch, by the trace, or by counting."""

import torch
from torch import nn
from torch.nn import functional as F

from cnnviz.lessons.questions import Question, TracedNetwork
from cnnviz.lessons.questions.forms import CurveForm
from cnnviz.models import ModelSpec
from cnnviz.trace.record import LayerRecord


def _row(question: Question, network: TracedNetwork) -> LayerRecord:
    return network.trace[question.facts["layer"]]


def output_side(question: Question, network: TracedNetwork) -> int:
    s, side = _row(question, network).settings, question.facts["n"]
    with torch.device("meta"):
        layer = nn.Conv2d(1, 1, s["kernel_size"], s["stride"], s["padding"])
        return layer(torch.empty(1, 1, side, side)).shape[2]


def parameters(question: Question, network: TracedNetwork) -> int:
    return _row(question, network).num_params


def multiply_adds(question: Question, network: TracedNetwork) -> int:
    return _row(question, network).macs


def cost_order(question: Question, network: TracedNetwork) -> tuple[str, ...]:
    return tuple(sorted(question.facts["names"], key=lambda name: network.trace[name].macs))


def field_size(question: Question, network: TracedNetwork) -> int:
    return _row(question, network).receptive_field.size[0]


def field_start(question: Question, network: TracedNetwork) -> tuple[int, int]:
    _, row, column = question.facts["unit"]
    box = _row(question, network).receptive_field.box(row, column)
    return box.top, box.left


def window_place(question: Question, network: TracedNetwork) -> tuple[int, int]:
    """The first cell of the input from which a gradient comes, where all weights are 1."""
    record = _row(question, network)
    x = torch.zeros(1, 1, *record.input_shapes[0][1:], requires_grad=True)
    s = record.settings
    y = F.conv2d(x, torch.ones(1, 1, *s["kernel_size"]), stride=s["stride"], padding=s["padding"])
    y[0, 0, question.facts["row"], question.facts["column"]].backward()
    return tuple(x.grad[0, 0].nonzero()[0].tolist())


def padded_window(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    record = _row(question, network)
    plane = network.activations.inputs(record.name)[0][:, question.facts["channel"], None]
    padding, (kernel, _) = record.settings["padding"], record.settings["kernel_size"]
    window = F.unfold(plane, kernel, padding=padding)[0, :, 0].reshape(kernel, kernel)
    return rounded(window, 2)


def pool_outputs(question: Question, network: TracedNetwork) -> tuple[tuple[float, ...], ...]:
    """Of the rounded values, and near the network's own."""
    record = _row(question, network)
    channel, row, column = question.facts["unit"]
    patch = torch.tensor(question.facts["patch"], dtype=torch.float64)[None, None]
    pool = F.max_pool2d if record.operation == "max_pool" else F.avg_pool2d
    out = pool(patch, question.facts["k"], question.facts["s"])[0, 0, :2, :2]
    real = network.activations.output(record.name)[0, channel, row : row + 2, column : column + 2]
    assert (out - real).abs().max() <= 0.00501
    return rounded(out, 4)


SCALED_THROUGHOUT = {"ResNet-18": "resnet", "DenseNet": "densenet", "MobileNet": "mobilenet", "NiN": "nin"}
"""Networks whose option `width` scales every width."""


def width_curve(question: Question, network: TracedNetwork) -> tuple[float, ...]:
    """By building networks of other widths; elsewhere by the sides that scale, dense layers' too."""
    form = question.form
    assert isinstance(form, CurveForm)
    if network.title in SCALED_THROUGHOUT:
        whole, *narrow = (
            ModelSpec.of(SCALED_THROUGHOUT[network.title], {"width": width}).trace().macs
            for width in (1.0, 0.25, 0.5, 0.75)
        )
        return (0.0, *(100 * macs / whole for macs in narrow), 100.0)
    last = [row for row in network.trace.layers if row.macs][-1]
    heights = []
    for width in form.x:
        macs = 0.0
        for row in network.trace.layers:
            sides = 1 if row.settings.get("groups", 1) > 1 else (row.inputs != ("input",)) + (row is not last)
            macs += row.macs * width**sides if row.macs else 0
        heights.append(100 * macs / network.trace.macs)
    return tuple(heights)


def rounded(values: torch.Tensor, digits: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(round(value, digits) + 0.0 for value in line) for line in values.double().tolist())


RIGHT_BY = {
    "output-side": output_side,
    "window-place": window_place,
    "padded-window": padded_window,
    "pool-outputs": pool_outputs,
    "convolution-parameters": parameters,
    "dense-parameters": parameters,
    "multiply-adds": multiply_adds,
    "cost-order": cost_order,
    "width-curve": width_curve,
    "field-size": field_size,
    "field-start": field_start,
}
