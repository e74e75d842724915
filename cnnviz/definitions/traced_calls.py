"""The facts of one node's call by itself: what the tracer writes of it, wherever in a network it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.accelerate.output_shapes import empty_output, empty_result
from cnnviz.definitions.defined_network import make_layer, told_settings
from cnnviz.definitions.record import Node, Shape
from cnnviz.definitions.table import OPERATION_TABLE
from cnnviz.trace.function_names import SHAPE_ONLY, plain_name
from cnnviz.trace.graph_node import FinishedCall
from cnnviz.trace.mac_counter import CONTRACTED_DIMENSIONS, MacCounter
from cnnviz.trace.module_settings import has_torch_forward
from cnnviz.trace.operations import OPERATIONS, function_operation, knows_class, knows_function, module_operation
from cnnviz.trace.recorded_call import tensors_in

TensorForm = tuple[Shape, tuple[int, ...]]
"""Shape and strides of a tensor, batch of one included."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call without its place in a network: no name, no receptive field."""

    kind: str
    operation: str
    settings: Mapping[str, Any]
    reads: tuple[int, ...]
    """The places, among the inputs of the node, of the tensors that it reads, in order."""
    forms: tuple[TensorForm, ...]
    """Of its outputs."""
    given: int
    """Which of them the node gives."""
    params: tuple[Tensor, ...]
    """On the meta device, for their shapes."""
    macs: int
    shares_memory: bool
    uncounted: bool


@lru_cache(maxsize=4096)
def call_facts(operation: str, settings: tuple[tuple[str, Any], ...], read: tuple[TensorForm, ...]) -> CallFacts | None:
    """Return what the tracer writes of a call of an operation on tensors of given forms.

    None for a call that is no single row of a trace, or that torch refuses: the tracer must follow it.
    """
    node = Node(operation, tuple(range(len(read))), settings)
    with torch.no_grad():
        given = [torch.empty_strided(shape, strides, device="meta") for shape, strides in read]
        try:
            return _layer_facts(node, given) if OPERATION_TABLE[operation].is_layer else _function_facts(node, given)
        except Exception:  # the pass itself tells why
            return None


def _layer_facts(node: Node, given: list[Tensor]) -> CallFacts | None:
    module = _module(node.operation, node.settings)
    if not knows_class(type(module)) or not has_torch_forward(type(module)):
        return None
    known = empty_output(module, given[0]) if type(module).__module__.startswith("torch.nn.") else None
    result = module(*given) if known is None else known
    made = FinishedCall("", type(module).__name__, "", "", tuple(given), {}, result, params=tuple(module.parameters()))
    made.operation, made.settings = module_operation(module, tuple(given[0].shape))
    return _facts(made, given, result)


@lru_cache(maxsize=1024)
def _module(operation: str, settings: tuple[tuple[str, Any], ...]) -> nn.Module:
    """Return a module that is only looked at: it has no numbers."""
    with torch.device("meta"):
        return make_layer(Node(operation, (), settings)).eval()


def _function_facts(node: Node, given: list[Tensor]) -> CallFacts | None:
    function = OPERATION_TABLE[node.operation].function
    assert function is not None
    with _CallCatcher() as caught:
        result = function({"training": False, **told_settings(node)}, *given)
    if len(caught.calls) != 1:
        return None
    made = caught.calls[0]
    if made.kind in SHAPE_ONLY:
        return None
    made.operation, made.settings = function_operation(made.kind, made.args, made.kwargs, tuple(made.given[0].shape))
    if not made.operation and (not knows_function(made.kind) or made.kind in CONTRACTED_DIMENSIONS):
        MacCounter().count(made)
    return _facts(made, given, result)


def _facts(made: FinishedCall, given: list[Tensor], result: Tensor) -> CallFacts:
    outs = list(tensors_in(made.result))
    place = {id(tensor): index for index, tensor in enumerate(given)}
    rule = OPERATIONS[made.operation].macs if made.operation in OPERATIONS else None
    shapes = tuple(tuple(tensor.shape) for tensor in made.given), tuple(tuple(out.shape) for out in outs)
    macs = made.macs if made.macs is not None else 0 if rule is None else rule(made.settings, *shapes)
    storages = {tensor.untyped_storage()._cdata for tensor in made.given}
    return CallFacts(
        made.kind,
        made.operation,
        made.settings,
        tuple(place[id(tensor)] for tensor in made.given),
        tuple((tuple(out.shape), tuple(out.stride())) for out in outs),
        next(index for index, out in enumerate(outs) if out is result),
        tuple(made.params),
        macs,
        outs[0].untyped_storage()._cdata in storages,
        made.uncounted,
    )


class _CallCatcher(TorchFunctionMode):
    """Catches the functions of torch that give tensors, the outermost alone."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[FinishedCall] = []

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        known = empty_result(func, args, kwargs)
        result = func(*args, **kwargs) if known is None else known
        if next(tensors_in(result), None) is not None:
            self.calls.append(FinishedCall("", plain_name(func), "", func, tuple(args), kwargs, result))
        return result
