"""The PyTorch text of a definition: the source that the tracer writes where it runs, else a class line by line."""

from __future__ import annotations

import re
from typing import Any

from cnnviz.definitions.defined_network import build
from cnnviz.definitions.function_source import function_expression
from cnnviz.definitions.pytorch.reader import parse_pytorch
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node
from cnnviz.definitions.shape_pass import filled_definition, infer_shapes
from cnnviz.definitions.table import OPERATION_TABLE
from cnnviz.errors import UserError
from cnnviz.trace.api import trace
from cnnviz.trace.source import to_pytorch
from cnnviz.trace.source.class_source import class_definitions

_SHAPE_COMMENT = re.compile(r"  # [\w×./]+$", re.MULTILINE)
_SCRIPT = re.compile(r'\n+if __name__ == "__main__":.*', re.DOTALL)
_POSITIONAL = ("in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size", "p", "size")


def to_source(definition: NetworkDefinition) -> str:
    """Return a text that `parse_pytorch` reads as the same network; of one that breaks, one that breaks there.

    Of a network that breaks, or that the tracer has no source for, the layers of inner blocks stand in one class.

    >>> from cnnviz.definitions import parse_pytorch
    >>> text = "net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    >>> print(to_source(parse_pytorch(text, (1, 28, 28))))
    import torch
    from torch import nn
    <BLANKLINE>
    net = nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 10),
    )
    <BLANKLINE>
    """
    keys = [node.key for node in definition.nodes if OPERATION_TABLE[node.operation].is_layer]
    if definition.input_shape is None or len(set(keys)) < len(keys):
        return class_source(definition)
    try:
        network = build(definition, device="meta")
        source = without_shapes(to_pytorch(network, trace(network, definition.input_shape)))
        again = parse_pytorch(source, definition.input_shape)
    except UserError:
        return class_source(definition)
    return source if _computes_as(again, definition) else class_source(definition)


def _computes_as(one: NetworkDefinition, other: NetworkDefinition) -> bool:
    """Return whether two networks have the same nodes but for the names of their layers."""
    if len(one.nodes) != len(other.nodes) or one.output_index != other.output_index:
        return False
    shapes = (infer_shapes(definition, other.input_shape or ()) for definition in (one, other))
    filled = (filled_definition(*pair) for pair in zip((one, other), shapes, strict=True))
    pairs = zip(*(definition.nodes for definition in filled), strict=True)
    return all((a.operation, a.inputs, a.settings) == (b.operation, b.inputs, b.settings) for a, b in pairs)


def without_shapes(source: str) -> str:
    """Return an exported source without the shapes beside its layers, which an edit makes wrong, and its last lines."""
    return _SHAPE_COMMENT.sub("", _SCRIPT.sub("\n", source)).rstrip() + "\n"


def class_source(definition: NetworkDefinition) -> str:
    """Return a network as one class: a line for each layer, then a line for each node."""
    layers: dict[str, Node] = {}
    for node in definition.nodes:
        if OPERATION_TABLE[node.operation].is_layer:
            layers.setdefault(node.key, node)
    names = _attribute_names([key for key in dict.fromkeys((*definition.keys, *layers)) if key in layers])
    own = [_class_of(node) for node in layers.values() if not _is_torch(node)]
    imports, classes = class_definitions(list(dict.fromkeys(own)))
    lines = ["import torch", *sorted({"from torch import nn", "from torch.nn import functional as F", *imports})]
    for written in classes:
        lines += ["", "", *written.split("\n")]
    lines += ["", "", "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += [f"        self.{name} = {_call(layers[key])}" for key, name in names.items()]
    lines += ["", "    def forward(self, image):", *_forward(definition, names), "", "", "net = Net()"]
    return "\n".join(lines) + "\n"


def _attribute_names(keys: list[str]) -> dict[str, str]:
    """Return for each path of weights the name of an attribute, each another one."""
    found: dict[str, str] = {}
    for key in keys:
        name = base = key.replace(".", "_") if not key[0].isdigit() else f"layer{key.replace('.', '_')}"
        count = 2
        while name in found.values():
            name, count = f"{base}_{count}", count + 1
        found[key] = name
    return found


def _forward(definition: NetworkDefinition, names: dict[str, str]) -> list[str]:
    readers = definition.readers()
    values = {IMAGE: "image"}
    lines, index = [], 0
    while index < len(definition.nodes):
        node, count = definition.nodes[index], _pieces(definition, index)
        read = [values[source] for source in node.inputs]
        if OPERATION_TABLE[node.operation].is_layer:
            made = f"self.{names[node.key]}({', '.join(read)})"
        else:
            made = function_expression(node, read, pieces=count > 1)
        for at in range(index, index + count):
            once = count == 1 and readers.get(at, []) in ([], [at + 1]) and at != definition.output_index
            values[at] = "x" if once else f"x{at + 1}"
        lines.append(f"        {', '.join(values[at] for at in range(index, index + count))} = {made}")
        index += count
    lines.append(f"        return {values[definition.output_index]}")
    return lines


def _pieces(definition: NetworkDefinition, index: int) -> int:
    """Return how many nodes from one on are the pieces of one tensor, which one call gives."""
    node, count = definition.nodes[index], 1
    if node.operation not in ("chunk", "split") or node.setting("index"):
        return 1
    for other in definition.nodes[index + 1 :]:
        alike = (other.operation, other.inputs) == (node.operation, node.inputs)
        if not alike or other.setting("index") != count:
            break
        count += 1
    return count


def _call(node: Node) -> str:
    module = "nn." if _is_torch(node) else ""
    given = dict(node.settings)
    first = OPERATION_TABLE[node.operation].reads
    lazy = f"Lazy{node.operation}" if first and first not in given and module and _has_lazy(node.operation) else ""
    parts = [str(value) if name in _POSITIONAL else f"{name}={value!r}" for name, value in node.settings]
    if lazy:
        parts = [f"{name}={value!r}" for name, value in node.settings]
    return f"{module}{lazy or node.operation}({', '.join(parts)})"


def _has_lazy(operation: str) -> bool:
    from torch import nn

    return f"Lazy{operation}" in vars(nn)


def _class_of(node: Node) -> type:
    made: Any = OPERATION_TABLE[node.operation].layer
    return made if isinstance(made, type) else type(made)


def _is_torch(node: Node) -> bool:
    from torch import nn

    return vars(nn).get(node.operation) is OPERATION_TABLE[node.operation].layer
