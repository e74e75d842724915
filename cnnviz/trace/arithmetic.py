"""The arithmetic of one row, with its numbers put in: `⌊(224 + 2·1 − 11)/4⌋ + 1 = 54`."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, prod

from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace

AXES = ("height", "width")
PAIRED = {"add": "additions", "sub": "additions", "mul": "multiplications"}
"""What an operation on two maps, number by number, does once for each number that it makes."""


@dataclass(frozen=True, slots=True)
class Line:
    """One formula and its value; `str()` joins them."""

    label: str
    """A key of `text/arithmetic.toml`."""
    formula: str
    value: int

    def __str__(self) -> str:
        value = f"{self.value:,}"
        return value if self.formula == value else f"{self.formula} = {value}"


def arithmetic(record: LayerRecord) -> tuple[Line, ...]:
    """How the output size, the channels, the parameters, the multiply-adds and the receptive field of a
    row come about.

    Formulas use + − · / and ⌊ ⌋ ⌈ ⌉ alone, no words. Height and width stand once where they are
    computed alike.
    """
    return (
        *_sizes(record),
        *_channels(record),
        *_paired(record),
        *_parameters(record),
        *_multiply_adds(record),
        *_field(record),
    )


def flattened_inputs(trace: Trace, record: LayerRecord) -> Line | None:
    """The inputs of a dense layer as channels · height · width of the map that was flattened for it.

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
            return Line("inputs", "·".join(f"{size:,}" for size in before.input_shapes[0]), before.shape[0])
        if before.operation not in ("pointwise", "identity", "view"):
            return None
    return None


def _sizes(record: LayerRecord) -> Iterator[Line]:
    count = len(record.settings.get("kernel_size", record.settings.get("output_size", (0, 0))))
    maker = {"conv": _slid, "pool": _slid, "conv_transpose": _transposed, "adaptive_pool": _adaptive}.get(
        record.operation
    )
    if maker is None or not record.input_shapes or len(record.shape) <= count - 1 or count > 2:
        return
    lines = [
        maker(record, axis, record.input_shapes[0][axis - count], record.shape[axis - count]) for axis in range(count)
    ]
    if len(lines) == 2 and lines[0] == lines[1]:
        yield Line("side", *lines[0])
    else:
        for label, line in zip(AXES[-count:] if count == 2 else ("side",), lines, strict=True):
            yield Line(label, *line)


def _slid(record: LayerRecord, axis: int, size: int, size_out: int) -> tuple[str, int]:
    s = record.settings
    kernel, stride, padding = s["kernel_size"][axis], s["stride"][axis], s["padding"][axis]
    dilation = s["dilation"][axis] if "dilation" in s else 1
    end = s.get("padding_end", s["padding"])[axis]
    reach = f"{dilation}·({kernel} − 1) − 1" if dilation > 1 else f"{kernel}"
    borders = f" + 2·{padding}" if padding == end and padding else f" + {padding} + {end}" if padding or end else ""
    inside = f"{size}{borders} − {reach}"
    total = size + padding + end - dilation * (kernel - 1) - 1
    down, up = total // stride + 1, ceil(total / stride) + 1
    if s.get("ceil_mode"):
        if up != size_out:  # torch: the last window must start inside the map or its left padding
            return f"⌈({inside})/{stride}⌉ + 1 − 1", size_out
        return f"⌈({inside})/{stride}⌉ + 1", size_out
    assert down == size_out, record.name
    return f"⌊({inside})/{stride}⌋ + 1", size_out


def _transposed(record: LayerRecord, axis: int, size: int, size_out: int) -> tuple[str, int]:
    s = record.settings
    kernel, stride, padding, dilation, more = (
        s[key][axis] for key in ("kernel_size", "stride", "padding", "dilation", "output_padding")
    )
    return f"({size} − 1)·{stride} − 2·{padding} + {dilation}·({kernel} − 1) + {more} + 1", size_out


def _adaptive(_record: LayerRecord, _axis: int, size: int, size_out: int) -> tuple[str, int]:
    return (f"{size}/{size // size_out}" if size % size_out == 0 else f"{size_out}"), size_out


def _channels(record: LayerRecord) -> Iterator[Line]:
    shapes = record.input_shapes
    if record.operation == "cat" and len(shapes) > 1:
        dim = record.settings["dim"] - 1
        if dim >= 0:
            label = ("channels", "height", "width")[dim] if len(record.shape) == 3 else "features"
            yield Line(label, " + ".join(f"{shape[dim]:,}" for shape in shapes), record.shape[dim])
    if record.operation == "view" and len(record.shape) == 1 and shapes and len(shapes[0]) > 1:
        yield Line("features", "·".join(f"{size:,}" for size in shapes[0]), record.shape[0])


def _paired(record: LayerRecord) -> Iterator[Line]:
    """Number by number; where an operand has one row or column, it is repeated over the other's."""
    label = PAIRED.get(record.kind)
    if label is None or not record.shape:
        return
    for shape in dict.fromkeys(record.input_shapes):
        if len(shape) == len(record.shape) == 3:
            repeated = [
                (axis, f"{size}·{size_out // size}", size_out)
                for axis, size, size_out in zip(AXES, shape[1:], record.shape[1:], strict=True)
                if size != size_out
            ]
            if len(repeated) == 2 and repeated[0][1] == repeated[1][1]:
                yield Line("repeated_side", *repeated[0][1:])
            else:
                for axis, formula, size_out in repeated:
                    yield Line(f"repeated_{axis}", formula, size_out)
    yield Line(label, "·".join(f"{size:,}" for size in record.shape), prod(record.shape))


def _parameters(record: LayerRecord) -> Iterator[Line]:
    if not record.param_shapes:
        return
    terms = []
    for shape in record.param_shapes:
        factors = [f"{size:,}" for size in shape] or ["1"]
        groups = record.settings.get("groups", 1)
        if (
            record.operation == "conv"
            and groups > 1
            and len(shape) > 1
            and shape[1] * groups == record.settings["in_channels"]
        ):
            factors[1] = f"({record.settings['in_channels']:,}/{groups:,})"
        terms.append("·".join(factors))
    yield Line("parameters", " + ".join(terms), record.num_params)


def _multiply_adds(record: LayerRecord) -> Iterator[Line]:
    if not record.macs:
        return
    s = record.settings
    if record.operation == "linear":
        factors = [*record.shape[:-1], s["out_features"], s["in_features"]] if record.shape else [s["in_features"]]
        if prod(factors) != record.macs:
            factors = [*record.shape, s["in_features"]]
        yield Line("multiply_adds", "·".join(f"{factor:,}" for factor in factors), record.macs)
        return
    transposed = record.operation == "conv_transpose"
    spatial = record.input_shapes[0] if transposed else record.shape
    summed = s["out_channels"] if transposed else s["in_channels"]
    channels = f"({summed:,}/{s['groups']:,})" if s["groups"] > 1 else f"{summed:,}"
    sizes = [f"{size:,}" for size in spatial]
    yield Line("multiply_adds", "·".join([*sizes, channels, *map(str, s["kernel_size"])]), record.macs)


def _field(record: LayerRecord) -> Iterator[Line]:
    s, own = record.settings, record.receptive_field
    if own.dims != (1, 2):
        return
    if record.operation not in ("conv", "pool") or len(s["kernel_size"]) != 2 or not record.input_fields:
        return
    before = record.input_fields[0]
    lines = [line for axis in range(2) if (line := _grown(s["kernel_size"][axis], s, axis, before, own)) is not None]
    if len(lines) == 2 and lines[0] == lines[1]:
        yield Line("receptive_field", *lines[0])
    else:
        for label, line in zip(("receptive_field_height", "receptive_field_width"), lines, strict=False):
            yield Line(label, *line)


def _grown(
    kernel: int, settings: object, axis: int, before: ReceptiveField, own: ReceptiveField
) -> tuple[str, int] | None:
    if before.size is None or before.stride is None or own.size is None or own.stride is None:
        return None
    dilation = settings["dilation"][axis] if "dilation" in settings else 1  # type: ignore[index, operator]
    spread = f"·{dilation}" if dilation > 1 else ""
    return f"{before.size[axis]} + ({kernel} − 1){spread}·{before.stride[axis]}", own.size[axis]
