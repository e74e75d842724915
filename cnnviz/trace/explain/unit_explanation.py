"""The explanation of one value of one row: of a traced network on one image, or of one call by itself."""

from types import MappingProxyType

from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain.explanation import Explanation, Index
from cnnviz.trace.explain.layer_call import MAX_TERMS, LayerCall, check_index
from cnnviz.trace.module_settings import has_torch_forward
from cnnviz.trace.operations import OPERATIONS

_TOLERANCE = 1e-3
"""Relative, of the largest term: what rounding may leave between an explanation's sum and the network's value."""


def explain(activations: LazyActivations, name: str, index: Index, limit: int = MAX_TERMS) -> Explanation:
    """Return how the value at `index` of row `name` was computed, (channel, row, column) or (feature,).

    Raises:
        UserError: `unknown_layer`, `explain_index` or `explain_unknown`.
    """
    return explain_call(layer_call(activations, name), index, limit)


def explain_call(call: LayerCall, index: Index, limit: int = MAX_TERMS) -> Explanation:
    """Return how the value at `index` was computed, in `limit` terms and a rest where there are many.

    Raises:
        UserError: `explain_unknown` for an operation without explanation, `explain_index` for a place that is none.
    """
    kind = OPERATIONS.get(call.operation)
    if kind is None or kind.explain is None:
        raise call.unknown()
    explanation = kind.explain(call, check_index(call, index), limit)
    if call.module is not None and not has_torch_forward(type(call.module)) and not _adds_up(explanation):
        raise call.unknown()  # a forward of its own may compute with other weights than the module shows
    return explanation


def _adds_up(explanation: Explanation) -> bool:
    scale = max((abs(term.value) for term in explanation.terms), default=0.0)
    return abs(explanation.total - explanation.value) <= _TOLERANCE * max(scale, abs(explanation.value), _TOLERANCE)


def layer_call(activations: LazyActivations, name: str) -> LayerCall:
    """Return row `name` with its module and its tensors, the batch of one taken off.

    Raises:
        UserError: `unknown_layer`.
    """
    output = activations.output(name)
    record = activations.trace[name]
    inputs = tuple(
        tensor.reshape(shape) for tensor, shape in zip(activations.inputs(name), record.input_shapes, strict=True)
    )
    recorded = next(call for call in activations.trace.calls if call.name == name)
    settings = dict(record.settings)
    numbers = [value for value in recorded.args if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(inputs) == 1 and len(recorded.args) == 2 and len(numbers) == 1:
        settings["other"] = numbers[0]
    return LayerCall(
        name,
        record.kind,
        inputs,
        output.reshape(record.shape),
        record.inputs,
        activations.module(name),
        MappingProxyType(settings),
        record.operation,
    )
