"""An ONNX file as a definition and its tensors: protobuf alone, without ONNX's own checker or shape inference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from cnnviz.definitions.checks import check_definition, check_image_shape
from cnnviz.definitions.onnx_form.onnx_graph import BATCH, Array, OnnxCall, OnnxGraph
from cnnviz.definitions.onnx_form.onnx_operators import ONNX_OPERATORS
from cnnviz.definitions.onnx_form.sizes import SIZE_OPERATORS, fold_sizes
from cnnviz.definitions.onnx_form.tensors import read_tensor
from cnnviz.definitions.record import IMAGE, NetworkDefinition
from cnnviz.errors import UserError

LARGEST_FILE = 50_000_000
MOST_NODES = 4000
DOMAINS = ("", "ai.onnx")
READ_OPERATORS = {"Constant", *ONNX_OPERATORS, *SIZE_OPERATORS}
_ATTRIBUTES: Mapping[int, Callable[[Any], Any]] = MappingProxyType(
    {
        1: lambda one: float(one.f),
        2: lambda one: int(one.i),
        3: lambda one: bytes(one.s),
        4: lambda one: read_tensor(one.t),
        6: lambda one: [float(number) for number in one.floats],
        7: lambda one: [int(number) for number in one.ints],
    }
)
"""By ONNX's number of the kind of an attribute; graphs, texts in a row and types are none of these."""


def read_onnx(data: bytes) -> tuple[NetworkDefinition, dict[str, Array]]:
    """Return the network of a file, checked whole, and its tensors by the names of its `state_dict`.

    Raises:
        UserError: `run_needs` without the package `onnx`, or the first thing of the file that cannot be read.
    """
    if len(data) > LARGEST_FILE:
        raise UserError("onnx_large", most=LARGEST_FILE // 1_000_000)
    graph = _parse(data).graph
    if len(graph.node) > MOST_NODES:
        raise UserError("definition_nodes", got=len(graph.node), most=MOST_NODES)
    if len(graph.sparse_initializer):
        raise UserError("onnx_tensor", name=str(graph.sparse_initializer[0].values.name)[:60] or "?")
    constants = {str(tensor.name): read_tensor(tensor) for tensor in graph.initializer}
    name, shape = _image_of(graph, constants)
    readers = Counter(str(one) for node in graph.node for one in node.input)
    readers.update(str(one.name) for one in graph.output)
    found = OnnxGraph(constants, {name: IMAGE}, readers, shape)
    for node in graph.node:
        _read_node(node, found)
    if len(graph.output) != 1 or str(graph.output[0].name) not in found.values:
        raise UserError("onnx_output", got=len(graph.output))
    output = found.values[str(graph.output[0].name)]
    last = None if output == len(found.nodes) - 1 else output
    title = "".join(letter for letter in str(graph.name)[:60] if letter.isprintable())
    return check_definition(NetworkDefinition(tuple(found.nodes), shape, last, title=title)), found.state


def _parse(data: bytes) -> Any:
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as error:
        raise UserError("onnx_needs") from error
    try:
        model = onnx.ModelProto.FromString(data)
    except DecodeError as error:
        raise UserError("onnx_text") from error
    if len(model.functions):
        raise UserError("onnx_operator", operation=str(model.functions[0].name)[:60] or "?")
    if not len(model.graph.node):
        raise UserError("onnx_text")
    return model


def _image_of(graph: Any, constants: dict[str, Array]) -> tuple[str, tuple[int, int, int]]:
    """Return the name and (C, H, W) of the one input that is no constant."""
    inputs = [one for one in graph.input if str(one.name) not in constants]
    if len(inputs) != 1:
        raise UserError("onnx_input", got=len(inputs))
    sides = [int(side.dim_value) for side in inputs[0].type.tensor_type.shape.dim]
    if len(sides) != 4 or min(sides[1:]) < 1:
        raise UserError("onnx_image")
    return str(inputs[0].name), check_image_shape(sides[1:])


def _read_node(node: Any, graph: OnnxGraph) -> None:
    kind = str(node.op_type)[:60]
    if node.domain not in DOMAINS or kind not in READ_OPERATORS:
        raise UserError("onnx_operator", operation=kind or "?")
    attributes = {str(one.name): _attribute(one, kind) for one in node.attribute}
    outputs = [str(name) for name in node.output]
    if not outputs or any(graph.readers[name] for name in outputs[1:] if name):
        raise UserError("onnx_node", operation=kind, setting="output 2")
    if outputs[0] in graph.values or outputs[0] in graph.constants or outputs[0] in graph.sizes:
        raise UserError("onnx_node", operation=kind, setting="output 1")
    if kind == "Constant":
        graph.constants[outputs[0]] = _constant(attributes, kind)
        return
    inputs = tuple(str(name) for name in node.input)
    if kind == "Identity" and inputs and inputs[0] in graph.constants:
        graph.constants[outputs[0]] = graph.constants[inputs[0]]
        return
    if not inputs:
        raise UserError("onnx_node", operation=kind, setting="input")
    call = OnnxCall(graph, kind, inputs, outputs[0], attributes)
    sizes = fold_sizes(call)
    if sizes is not None:
        graph.sizes[outputs[0]] = sizes
        if BATCH not in (sizes if isinstance(sizes, tuple) else (sizes,)):
            graph.constants[outputs[0]] = np.array(sizes, dtype=np.int64)
        return
    if kind not in ONNX_OPERATORS:
        raise UserError("onnx_operator", operation=kind)
    if len(inputs) < (2 if kind in ("MatMul", "Add", "Sub", "Mul", "Div", "Pow") else 1):
        raise UserError("onnx_node", operation=kind, setting="input")
    graph.values[outputs[0]] = ONNX_OPERATORS[kind](call)


def _attribute(one: Any, kind: str) -> Any:
    """Return a number, bytes, a constant, or a list of numbers; a graph inside a node is refused."""
    if one.type in _ATTRIBUTES:
        return _ATTRIBUTES[one.type](one)
    raise UserError("onnx_node", operation=kind, setting=str(one.name)[:40] or "?")


def _constant(attributes: dict[str, Any], kind: str) -> Array:
    value = next((value for name, value in attributes.items() if name.startswith("value")), None)
    if value is None or isinstance(value, bytes):
        raise UserError("onnx_node", operation=kind, setting="value")
    if isinstance(value, np.ndarray):
        return value
    whole = isinstance(value, int) or (isinstance(value, list) and all(isinstance(one, int) for one in value))
    return np.array(value, dtype=np.int64 if whole else np.float32)
