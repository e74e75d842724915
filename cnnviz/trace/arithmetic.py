"""The arithmetic of one row, with its numbers put in: `⌊(224 + 2·1 − 11)/4⌋ + 1 = 54`."""

from collections.abc import Iterator
from math import prod

from cnnviz.trace.arithmetic_lines import LayerFormula
from cnnviz.trace.operations import OPERATIONS, is_elementwise
from cnnviz.trace.record import LayerRecord, Trace


def arithmetic(record: LayerRecord) -> tuple[LayerFormula, ...]:
    """Return the formulas of a row's output size or channels, parameters, multiply-adds and receptive field.

    Those of the parameters are the same for every operation; the others are a column of the table of operations.
    """
    kind = OPERATIONS.get(record.operation)
    rules = None if kind is None else kind.arithmetic
    lines: list[LayerFormula] = []
    if rules is not None and rules.output is not None:
        lines += rules.output(record)
    lines += _parameters(record)
    if rules is not None and rules.macs is not None and record.macs:
        lines += rules.macs(record)
    if rules is not None and rules.field is not None:
        lines += rules.field(record)
    return tuple(lines)


def flattened_inputs(trace: Trace, record: LayerRecord) -> LayerFormula | None:
    """Return the inputs of a dense layer as channels · height · width of the map that was flattened for it.

    None for any other layer, and for a dense layer that reads a vector which was never a map.

    >>> from cnnviz.trace import trace
    >>> from cnnviz.zoo import build
    >>> lenet = trace(build("lenet", device="meta"), (1, 28, 28))
    >>> str(flattened_inputs(lenet, lenet["fc1"]))
    '16·5·5 = 400'
    """
    if record.operation != "linear":
        return None
    before = record
    while len(before.inputs) == 1 and before.inputs[0] != "input":
        before = trace[before.inputs[0]]
        if before.operation == "view" and len(before.input_shapes[0]) == 3:
            return LayerFormula("inputs", "·".join(f"{size:,}" for size in before.input_shapes[0]), before.shape[0])
        if not is_elementwise(before.operation) and before.operation != "view":
            return None
    return None


def reduction_weights(trace: Trace, record: LayerRecord) -> tuple[LayerFormula, ...]:
    """Return the weights of the convolution behind a 1×1 convolution that reduces the channels: if it read all of them,
    and of both as they are.

    Nothing for any other layer, and where something else reads the reduced channels too.

    >>> from cnnviz.trace import trace
    >>> from cnnviz.zoo import build
    >>> googlenet = trace(build("googlenet", device="meta"), (1, 96, 96))
    >>> list(map(str, reduction_weights(googlenet, googlenet["inception3a.branch3.conv1"])))
    ['32·192·5·5 = 153,600', '16·192 + 32·16·5·5 = 15,872']
    """
    if not _is_plain_convolution(record) or record.settings["kernel_size"] != (1, 1):
        return ()
    channels, reduced = record.settings["in_channels"], record.settings["out_channels"]
    after = _only_reader(trace, record)
    while after is not None and (is_elementwise(after.operation) or after.operation == "batch_norm"):
        after = _only_reader(trace, after)
    if reduced >= channels or after is None or not _is_plain_convolution(after):
        return ()
    window, outputs = after.settings["kernel_size"], after.settings["out_channels"]
    if window == (1, 1):
        return ()
    across, area = "·".join(map(str, window)), prod(window)
    return (
        LayerFormula("weights_without", f"{outputs:,}·{channels:,}·{across}", outputs * channels * area),
        LayerFormula(
            "weights_with",
            f"{reduced:,}·{channels:,} + {outputs:,}·{reduced:,}·{across}",
            reduced * (channels + outputs * area),
        ),
    )


def _is_plain_convolution(record: LayerRecord) -> bool:
    return record.operation == "convolution" and record.settings["groups"] == 1 and len(record.input_shapes[0]) == 3


def _only_reader(trace: Trace, record: LayerRecord) -> LayerRecord | None:
    """Return the layer that reads an output, if there is only one and it reads nothing else."""
    readers = [other for other in trace.layers if record.name in other.inputs]
    return readers[0] if len(readers) == 1 and len(readers[0].inputs) == 1 else None


def _parameters(record: LayerRecord) -> Iterator[LayerFormula]:
    if not record.param_shapes:
        return
    terms = []
    for shape in record.param_shapes:
        factors = [f"{size:,}" for size in shape] or ["1"]
        groups = record.settings.get("groups", 1)
        if (
            record.operation == "convolution"
            and groups > 1
            and len(shape) > 1
            and shape[1] * groups == record.settings["in_channels"]
        ):
            factors[1] = f"({record.settings['in_channels']:,}/{groups:,})"
        terms.append("·".join(factors))
    yield LayerFormula("parameters", " + ".join(terms), record.num_params)
