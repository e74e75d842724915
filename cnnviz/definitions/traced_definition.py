"""A network of torch that is there already as a definition: what a trace of it called, in terms of the table."""

from __future__ import annotations

import ast
from typing import Any

from torch import nn

from cnnviz.definitions.checks import check_definition
from cnnviz.definitions.pytorch.graph_writer import plain_name as plain_part
from cnnviz.definitions.pytorch.operators import subscript
from cnnviz.definitions.pytorch.reading import Reading
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import BATCH, TRAINING, ReadLayer, TensorRef
from cnnviz.definitions.pytorch.tensor_methods import TENSOR_METHODS, call_function, call_method
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node, Shape
from cnnviz.definitions.table import LAYER_NAMES, OPERATION_TABLE, checked_settings
from cnnviz.errors import UserError
from cnnviz.trace import trace
from cnnviz.trace.function_names import plain_name
from cnnviz.trace.recorded_call import OutputRef, RecordedCall, WeightRef, map_nested
from cnnviz.trace.source.constructor_arguments import constructor_arguments

_CLASSES = {OPERATION_TABLE[name].layer: name for name in LAYER_NAMES}
_SWAPPED = frozenset({"__rsub__", "rsub", "__rtruediv__", "__rdiv__", "__rpow__"})
"""Functions that take the right side first; their plain name does not tell."""
_PLACE = ast.Name(id="", lineno=1, col_offset=0)


def definition_of(model: nn.Module, input_shape: Shape, title: str = "") -> NetworkDefinition:
    """Return a network of torch as a definition, with its own names of layers: its weights load by their keys.

    >>> found = definition_of(nn.Sequential(nn.Conv2d(1, 6, 5), nn.ReLU()), (1, 28, 28))
    >>> [(node.operation, node.key) for node in found.nodes]
    [('Conv2d', '0'), ('ReLU', '1')]

    Raises:
        UserError: `definition_not_traced` for a layer or function that the table does not have, or as `trace`.
    """
    found = trace(model, input_shape)
    modules = dict(model.named_modules())
    reading = Reading(tuple(input_shape))
    outputs: list[tuple[TensorRef, ...]] = []
    layers: dict[str, ReadLayer] = {}
    for call in found.calls:
        try:
            made = _called(reading, call, modules, layers, outputs)
        except SourceError as error:
            raise UserError("definition_not_traced", name=call.name or plain_name(call.target)) from error
        outputs.append(made if isinstance(made, tuple) else (made,))
    writer = reading.writer
    if writer.clash is not None:
        raise writer.clash
    nodes = tuple(
        Node(
            one.operation, one.inputs, checked_settings(OPERATION_TABLE[one.operation], one.settings),
            _path(str(one.place if isinstance(one.place, str) else "")),
        )
        for one in writer.written
    )  # fmt: skip
    last = outputs[-1][0].index if outputs else IMAGE
    order = tuple(_path(name) for name in modules if any(node.key == _path(name) for node in nodes))
    keys = tuple(key for key in order if any(n.key == key and OPERATION_TABLE[n.operation].is_layer for n in nodes))
    output = None if last == len(nodes) - 1 else last
    return check_definition(NetworkDefinition(nodes, tuple(input_shape), output, keys, title))  # type: ignore[arg-type]


def _called(
    reading: Reading,
    call: RecordedCall,
    modules: dict[str, nn.Module],
    layers: dict[str, ReadLayer],
    outputs: list[tuple[TensorRef, ...]],
) -> Any:
    """Add one call of the trace to the nodes; return the tensors that it gave."""
    if not call.name:  # computed from weights alone: whoever reads it is refused
        return ()

    def tensor(value: Any) -> Any:
        if isinstance(value, OutputRef):
            given = (TensorRef(IMAGE),) if value.call < 0 else outputs[value.call]
            if value.out >= len(given):
                raise SourceError("source_weight", _PLACE)
            return TensorRef(given[value.out].index)
        if isinstance(value, WeightRef):
            raise SourceError("source_weight", _PLACE)
        return value

    args, kwargs = map_nested(call.args, tensor), map_nested(dict(call.kwargs), tensor)
    if isinstance(call.target, str):
        return _layer(reading, layers, call.target, modules[call.target], args, kwargs)
    name = plain_name(call.target)
    reading.writer.modules = [call.name.rpartition(".")[0]]
    if getattr(call.target, "__name__", "") in _SWAPPED:
        args = (args[1], args[0])
    if name == "getitem":
        return subscript(reading, args[0], args[1], _PLACE)
    if name in ("view", "reshape"):
        first, *rest = args[1] if len(args) == 2 and isinstance(args[1], tuple) else args[1:]
        args = (args[0], BATCH if first == 1 else first, *rest)
    if name.startswith("dropout"):
        args = tuple(TRAINING if value is False else value for value in args)
        kwargs = {key: TRAINING if key == "training" else value for key, value in kwargs.items()}
    if not args or not isinstance(args[0], TensorRef) or name not in TENSOR_METHODS:
        return call_function(reading, name, args, kwargs, _PLACE)
    return call_method(reading, args[0], name, args[1:], kwargs, _PLACE)


def _layer(
    reading: Reading, layers: dict[str, ReadLayer], path: str, module: nn.Module, args: Any, kwargs: Any
) -> TensorRef:
    operation = _CLASSES.get(type(module))
    values = [*args, *kwargs.values()]
    if operation is None or len(values) != 1 or not isinstance(values[0], TensorRef) or not path:
        raise SourceError("source_layer", _PLACE, name=path)
    entry = OPERATION_TABLE[operation]
    try:
        found = {argument.name: value for argument, value in constructor_arguments(module).items()}
    except UserError as error:
        raise SourceError("source_layer", _PLACE, name=path) from error
    settings = {name: value for name, value in found.items() if name in entry.setting_names}
    if isinstance(module, nn.LayerNorm):
        settings["normalized_shape"] = tuple(module.normalized_shape)
    checked = dict(checked_settings(entry, settings))
    layer = layers.setdefault(path, ReadLayer(operation, checked, 1))
    made = reading.writer.layer(layer, values[0], _PLACE)
    reading.writer.written[made.index].place = path
    return made


def _path(path: str) -> str:
    """Return a dotted path of plain names."""
    return ".".join(plain_part(part, set()) for part in path.split(".")) if path else ""
