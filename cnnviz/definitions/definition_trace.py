"""The trace of a definition by the facts of its calls: no network is built, and what repeats is asked once."""

from __future__ import annotations

from types import MappingProxyType

import torch

from cnnviz.definitions.checks import check_image_shape
from cnnviz.definitions.defined_network import build, node_calls
from cnnviz.definitions.record import IMAGE, NetworkDefinition
from cnnviz.definitions.shape_pass import Shapes
from cnnviz.definitions.table import OPERATION_TABLE
from cnnviz.definitions.traced_calls import TensorForm, call_facts
from cnnviz.trace.api import layer_records, trace
from cnnviz.trace.field_rules import output_states
from cnnviz.trace.field_state import IMAGE_STATE, FieldState
from cnnviz.trace.graph_node import GraphNode
from cnnviz.trace.operation_call import OperationCall
from cnnviz.trace.record import Trace
from cnnviz.trace.recorded_call import OutputRef, RecordedCall
from cnnviz.trace.row_names import RowNames


def trace_definition(definition: NetworkDefinition, shapes: Shapes) -> Trace:
    """Return the trace of a network that runs, from its shapes: that of the built one, but without its calls.

    >>> from cnnviz.definitions import parse_pytorch
    >>> from cnnviz.definitions.shape_pass import infer_shapes
    >>> net = parse_pytorch("net = nn.Sequential(nn.Conv2d(1, 6, 5), nn.MaxPool2d(2))", (1, 28, 28))
    >>> [row.receptive_field.size for row in trace_definition(net, infer_shapes(net, (1, 28, 28))).layers]
    [(5, 5), (6, 6)]

    Raises:
        UserError: as `trace`, for a node that only a pass can follow.
    """
    nodes = _nodes(definition, shapes)
    if nodes is None:
        return trace(build(definition, shapes.image, device="meta"), check_image_shape(shapes.image))
    rows = layer_records(nodes, shapes.image)
    return Trace(shapes.image, rows, sum(row.num_params for row in rows), sum(row.num_trainable for row in rows))


def _nodes(definition: NetworkDefinition, shapes: Shapes) -> list[GraphNode] | None:
    """Return the calls of the network as the tracer keeps them; None where only a pass can follow one."""
    layers = {node.key: node for node in shapes.nodes if OPERATION_TABLE[node.operation].is_layer}
    names = RowNames()
    for key in layers:
        for length in range(key.count(".") + 1):
            names.reserve(key.rsplit(".", length)[0])
    image = (1, *shapes.image)
    refs: dict[int, OutputRef] = {IMAGE: OutputRef(-1, 0)}
    forms: dict[int, TensorForm] = {IMAGE: (image, torch.empty(image, device="meta").stride())}
    states: dict[int, FieldState] = {IMAGE: IMAGE_STATE}
    found: list[GraphNode] = []
    counted: set[str] = set()
    steps = node_calls(shapes.nodes, definition.output_index, layers)
    for index, (node, step) in enumerate(zip(shapes.nodes, steps, strict=True)):
        facts = call_facts(node.operation, node.settings, tuple(forms[source] for source in node.inputs))
        if facts is None:
            return None
        path = ".".join(step.path)
        is_layer = step.function is None
        block = path.rpartition(".")[0] if is_layer else path
        read = [node.inputs[place] for place in facts.reads]
        read_states, read_shapes = tuple(states[one] for one in read), tuple(forms[one][0] for one in read)
        outs = tuple(shape for shape, _ in facts.forms)
        call = OperationCall(facts.operation, facts.kind, facts.settings, read_states, read_shapes, outs)
        given = output_states(call)
        name = names.of_module(path, "") if is_layer else names.of_function(block, facts.kind)
        inputs = tuple(refs[one] for one in read)
        found.append(
            GraphNode(
                RecordedCall(path, (), MappingProxyType({}), inputs, name, inputs, outs),
                facts.kind,
                block,
                facts.operation,
                facts.settings,
                given,
                params=() if is_layer and path in counted else facts.params,
                macs=facts.macs,
                shares_memory=facts.shares_memory,
                uncounted=facts.uncounted,
            )
        )
        counted.add(path if is_layer else "")
        refs[index], forms[index] = OutputRef(index, facts.given), facts.forms[facts.given]
        states[index] = given[facts.given]
    return found
