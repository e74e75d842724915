"""The microscope pointed at a walk: any value of any row of a traced network on one image."""

from types import MappingProxyType

from cnnviz.trace.activations import LazyActivations
from cnnviz.trace.explain.call import SHOWN, LayerCall
from cnnviz.trace.explain.explanation import Explanation, Index
from cnnviz.trace.explain.table import explain_call


def explain(walk: LazyActivations, name: str, index: Index, limit: int = SHOWN) -> Explanation:
    """How the value at `index` of row `name` came to be, (channel, row, column) or (feature,).

    Raises:
        UserError: `unknown_layer`, `explain_index` or `explain_unknown`.
    """
    return explain_call(layer_call(walk, name), index, limit)


def layer_call(walk: LazyActivations, name: str) -> LayerCall:
    """Row `name` with its module and its tensors, the batch of one taken off.

    Raises:
        UserError: `unknown_layer`.
    """
    output = walk.output(name)
    record = walk.trace[name]
    inputs = tuple(tensor.reshape(shape) for tensor, shape in zip(walk.inputs(name), record.input_shapes, strict=True))
    made = next(call for call in walk.trace.calls if call.name == name)
    settings = dict(record.settings)
    numbers = [value for value in made.args if isinstance(value, int | float) and not isinstance(value, bool)]
    if len(inputs) == 1 and len(made.args) == 2 and len(numbers) == 1:
        settings["other"] = numbers[0]
    return LayerCall(
        name,
        record.kind,
        inputs,
        output.reshape(record.shape),
        record.inputs,
        walk.module(name),
        MappingProxyType(settings),
    )
