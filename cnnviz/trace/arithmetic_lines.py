"""Formulas with the numbers of one row put in, by operation: its output, its multiply-adds, its receptive field.

They use + − · / and ⌊ ⌋ ⌈ ⌉ alone, no words. Height and width stand once where they are computed alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil, prod

from cnnviz.trace.record import LayerRecord, ReceptiveField

AXES = ("height", "width")


@dataclass(frozen=True, slots=True)
class LayerFormula:
    """One formula and its value; `str()` joins them."""

    label: str
    """A key of `text/arithmetic.toml`."""
    formula: str
    value: int

    def __str__(self) -> str:
        value = f"{self.value:,}"
        return value if self.formula == value else f"{self.formula} = {value}"


SideFormula = Callable[[LayerRecord, int, int, int], tuple[str, int]]
"""(row, spatial axis, its size before, its size after) -> formula and value."""


def sliding_window_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the output's height and width of a convolution or pool: ⌊(n + 2p − k)/s⌋ + 1."""
    yield from _side_lines(_sliding_side, record)


def transposed_window_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the output's height and width of a transposed convolution."""
    yield from _side_lines(_transposed, record)


def adaptive_pool_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the output's height and width of an adaptive pool."""
    yield from _side_lines(_adaptive, record)


def _side_lines(side: SideFormula, record: LayerRecord) -> Iterator[LayerFormula]:
    count = len(record.settings.get("kernel_size", record.settings.get("output_size", (0, 0))))
    if not record.input_shapes or len(record.shape) <= count - 1 or count > 2:
        return
    lines = [
        side(record, axis, record.input_shapes[0][axis - count], record.shape[axis - count]) for axis in range(count)
    ]
    if len(lines) == 2 and lines[0] == lines[1]:
        yield LayerFormula("side", *lines[0])
    else:
        for label, line in zip(AXES[-count:] if count == 2 else ("side",), lines, strict=True):
            yield LayerFormula(label, *line)


def _sliding_side(record: LayerRecord, axis: int, size: int, size_out: int) -> tuple[str, int]:
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


def concatenation_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the output's channels, or its side, as the sum of the branches'."""
    shapes, dim = record.input_shapes, record.settings["dim"] - 1
    if len(shapes) > 1 and dim >= 0:
        label = ("channels", "height", "width")[dim] if len(record.shape) == 3 else "features"
        yield LayerFormula(label, " + ".join(f"{shape[dim]:,}" for shape in shapes), record.shape[dim])


def flatten_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the features of a flattened map as channels · height · width."""
    shapes = record.input_shapes
    if len(record.shape) == 1 and shapes and len(shapes[0]) > 1:
        yield LayerFormula("features", "·".join(f"{size:,}" for size in shapes[0]), record.shape[0])


def addition_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the additions of a sum of two maps: one for each number that it makes."""
    yield from _pairwise_lines("additions", record)


def multiplication_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the multiplications of a product of two maps."""
    yield from _pairwise_lines("multiplications", record)


def _pairwise_lines(label: str, record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield a line for numbers taken pair by pair; where an operand has one row or column, it is repeated."""
    if not record.shape:
        return
    for shape in dict.fromkeys(record.input_shapes):
        if len(shape) == len(record.shape) == 3:
            repeated = [
                (axis, f"{size}·{size_out // size}", size_out)
                for axis, size, size_out in zip(AXES, shape[1:], record.shape[1:], strict=True)
                if size != size_out
            ]
            if len(repeated) == 2 and repeated[0][1] == repeated[1][1]:
                yield LayerFormula("repeated_side", *repeated[0][1:])
            else:
                for axis, formula, size_out in repeated:
                    yield LayerFormula(f"repeated_{axis}", formula, size_out)
    yield LayerFormula(label, "·".join(f"{size:,}" for size in record.shape), prod(record.shape))


def linear_mac_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the multiply-adds of a dense layer."""
    s = record.settings
    factors = [*record.shape[:-1], s["out_features"], s["in_features"]] if record.shape else [s["in_features"]]
    if prod(factors) != record.macs:
        factors = [*record.shape, s["in_features"]]
    yield LayerFormula("multiply_adds", "·".join(f"{factor:,}" for factor in factors), record.macs)


def convolution_mac_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the multiply-adds of a convolution: output values · input channels of a group · taps."""
    yield from _window_mac_lines(record, record.shape, record.settings["in_channels"])


def transposed_mac_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the multiply-adds of a transposed convolution: input values · output channels of a group · taps."""
    yield from _window_mac_lines(record, record.input_shapes[0], record.settings["out_channels"])


def _window_mac_lines(record: LayerRecord, spatial: tuple[int, ...], summed: int) -> Iterator[LayerFormula]:
    s = record.settings
    channels = f"({summed:,}/{s['groups']:,})" if s["groups"] > 1 else f"{summed:,}"
    sizes = [f"{size:,}" for size in spatial]
    yield LayerFormula("multiply_adds", "·".join([*sizes, channels, *map(str, s["kernel_size"])]), record.macs)


def window_field_lines(record: LayerRecord) -> Iterator[LayerFormula]:
    """Yield the side of the receptive field behind a window: that of its input + (k − 1) · its stride."""
    s, own = record.settings, record.receptive_field
    if own.dims != (1, 2) or len(s["kernel_size"]) != 2 or not record.input_fields:
        return
    before = record.input_fields[0]
    lines = [
        line for axis in range(2) if (line := _grown_side(s["kernel_size"][axis], s, axis, before, own)) is not None
    ]
    if len(lines) == 2 and lines[0] == lines[1]:
        yield LayerFormula("receptive_field", *lines[0])
    else:
        for label, line in zip(("receptive_field_height", "receptive_field_width"), lines, strict=False):
            yield LayerFormula(label, *line)


def _grown_side(
    kernel: int, settings: object, axis: int, before: ReceptiveField, own: ReceptiveField
) -> tuple[str, int] | None:
    if before.size is None or before.stride is None or own.size is None or own.stride is None:
        return None
    dilation = settings["dilation"][axis] if "dilation" in settings else 1  # type: ignore[index, operator]
    spread = f"·{dilation}" if dilation > 1 else ""
    return f"{before.size[axis]} + ({kernel} − 1){spread}·{before.stride[axis]}", own.size[axis]
