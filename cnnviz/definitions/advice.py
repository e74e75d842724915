"""Habits that a network which runs may still be better without, each with its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cnnviz.definitions.record import IMAGE, NetworkDefinition
from cnnviz.definitions.shape_pass import Shapes, node_title
from cnnviz.definitions.table import OPERATION_TABLE
from cnnviz.definitions.window_shapes import axes

_WEIGHTED = frozenset({"Conv2d", "Conv1d", "ConvTranspose2d", "Linear"})
_NORMS = frozenset({"BatchNorm2d", "BatchNorm1d", "MeanBatchNorm2d", "MeanBatchNorm1d"})
_SOFTMAX = frozenset({"Softmax", "LogSoftmax", "softmax", "log_softmax", "Softmax2d"})
_RELU = frozenset({"ReLU", "ReLU6", "relu", "relu6"})
_SPATIAL = frozenset({"Flatten", "flatten", "view", "reshape", "squeeze", "mean", "AdaptiveAvgPool2d", "AvgPool2d"})
_LINEAR = frozenset({*_SPATIAL, *_NORMS, "Identity", "Dropout", "Dropout2d", "dropout", "dropout2d", "avg_pool2d"})
"""Operations that are linear in what they read, or pass it on, in prediction mode."""
_PASSING = frozenset({"Identity", "Dropout", "dropout", *_SPATIAL, "adaptive_avg_pool2d", "avg_pool2d", "contiguous"})


@dataclass(frozen=True, slots=True)
class Advice:
    """One habit that was found, at one node."""

    key: str
    """Of its sentence in `text/definitions.toml`."""
    index: int
    line: int | None
    values: tuple[tuple[str, Any], ...] = field(default=())
    """Of the sentence."""


def advise(definition: NetworkDefinition, shapes: Shapes) -> tuple[Advice, ...]:
    """Return what to mind in a network whose nodes all run on their inputs, in order of the nodes; one for each layer.

    >>> from cnnviz.definitions import parse_pytorch
    >>> from cnnviz.definitions.shape_pass import infer_shapes
    >>> net = parse_pytorch("net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4))", (1, 8, 8))
    >>> [found.key for found in advise(net, infer_shapes(net, (1, 8, 8)))]
    ['advice.bias_before_norm']
    """
    found: dict[tuple[str, str, int | None], Advice] = {}
    readers = definition.readers()
    rules = (_bias_before_norm, _two_linear, _cut_pixels)
    for index in range(len(definition.nodes)):
        for rule in rules:
            for key, values in rule(definition, shapes, readers, index):
                node = definition.nodes[index]
                layer = node_title(node)
                one = Advice(key, index, node.line, (("layer", layer), *values))
                found.setdefault((key, node.key or str(index), node.line), one)
    for key, index, values in _scores(definition, readers):
        node = definition.nodes[index]
        found[(key, node.key, node.line)] = Advice(key, index, node.line, (("layer", node_title(node)), *values))
    return tuple(sorted(found.values(), key=lambda one: one.index))


Found = Iterator[tuple[str, tuple[tuple[str, Any], ...]]]
Readers = dict[int, list[int]]


def _bias_before_norm(definition: NetworkDefinition, _shapes: Shapes, readers: Readers, index: int) -> Found:
    node = definition.nodes[index]
    behind = readers.get(index, [])
    if node.operation not in _WEIGHTED or node.setting("bias") is False or len(behind) != 1:
        return
    norm = definition.nodes[behind[0]]
    if norm.operation in _NORMS:
        operation = OPERATION_TABLE[node.operation]
        biases = operation.full(dict(node.settings)).get(operation.gives)
        yield "advice.bias_before_norm", (("norm", node_title(norm)), ("count", biases))


def _two_linear(definition: NetworkDefinition, _shapes: Shapes, _readers: Readers, index: int) -> Found:
    """Find a layer with weights that reads another one through nothing but linear operations."""
    node = definition.nodes[index]
    if node.operation not in _WEIGHTED:
        return
    source = node.inputs[0]
    while source != IMAGE and definition.nodes[source].operation in _LINEAR:
        source = definition.nodes[source].inputs[0]
    if source != IMAGE and definition.nodes[source].operation in _WEIGHTED:
        one, other = dict(definition.nodes[source].settings), dict(node.settings)
        if one.get("groups", 1) == other.get("groups", 1):  # a depthwise convolution before a pointwise one is meant
            yield "advice.two_linear", (("before", node_title(definition.nodes[source])),)


def _cut_pixels(definition: NetworkDefinition, shapes: Shapes, _readers: Readers, index: int) -> Found:
    """Find windows whose stride leaves pixels at the lower or right edge that none of them sees."""
    node = definition.nodes[index]
    full = OPERATION_TABLE[node.operation].full(dict(node.settings))
    if "kernel_size" not in full or "output_padding" in full or node.operation == "Conv1d" or full.get("ceil_mode"):
        return
    if isinstance(full.get("padding"), str):
        return
    kernel, dilation = axes(full["kernel_size"]), axes(full.get("dilation", 1))
    stride = kernel if full["stride"] is None else axes(full["stride"])
    padding = axes(full.get("padding", 0))
    size = shapes.of(node.inputs[0])
    cut = []
    for n, k, t, p, d in zip(size[1:], kernel, stride, padding, dilation, strict=True):
        reach = d * (k - 1) + 1
        cut.append(max(0, (n + 2 * p - reach) % t - p - max(0, t - reach)))
    if any(cut):
        n, p, t, k, d = size[1], padding[0], stride[0], kernel[0], dilation[0]
        window = d * (k - 1) + 1
        arithmetic = f"({n} + 2·{p} − {window}) / {t} = {(n + 2 * p - window) / t:g}"
        yield "advice.cut", (("count", max(cut)), ("arithmetic", arithmetic))


def _scores(definition: NetworkDefinition, readers: Readers) -> Iterator[tuple[str, int, tuple[Any, ...]]]:
    """Find a softmax or a ReLU behind the scores."""
    index = definition.output_index
    while index != IMAGE and definition.nodes[index].operation in _PASSING:
        index = definition.nodes[index].inputs[0]
    if index == IMAGE:
        return
    operation = definition.nodes[index].operation
    if operation in _SOFTMAX:
        yield "advice.softmax", index, ()
    elif operation in _RELU:
        yield "advice.relu", index, ()
