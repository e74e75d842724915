"""Receptive-field rules of windows: convolution, pooling, padding, resizing."""

from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor

from cnnviz.trace.field_axis import WHOLE_AXIS, FieldAxis, gather_units, slide_window
from cnnviz.trace.field_state import IMAGE_LAYOUT, FieldState, mix_units, runs_along, unknown_state
from cnnviz.trace.operation_call import OperationCall

Slide = Callable[[int, FieldAxis, int, int], FieldAxis]
"""(which of the spatial dimensions, its axis, its size before, its size after) -> its axis after."""


def _slide_over(op: OperationCall, count: int, slide: Slide, contract: bool = False) -> FieldState:
    """Apply `slide` to the last `count` dimensions; with `contract` the one before them is summed over."""
    state, shape, out = op.states[0], op.shapes[0], op.outs[0]
    lead = len(shape) - count
    if contract and lead and state.layout is not IMAGE_LAYOUT:
        state = mix_units(state, [lead - 1])
    axes = {"y": state.y, "x": state.x}
    for dim in range(count):
        role = state.layout[lead + dim]
        for axis in "yx":
            if role == axis:
                axes[axis] = slide(dim, axes[axis], shape[lead + dim], out[lead + dim])
            elif runs_along(role, axis) and not axes[axis].whole:
                return unknown_state(op.reason)
    layout = (
        state.layout
        if state.layout is IMAGE_LAYOUT
        else (
            *(
                "n" if role == "n" else "c" if i == lead - 1 and contract else role
                for i, role in enumerate(state.layout)
            ),
        )
    )
    return FieldState(layout, axes["y"], axes["x"])


def convolution(op: OperationCall) -> FieldState:
    """Return the field of a window over the space, summed over the channels; other padding than zeros reads the border
    again."""
    s = op.settings
    if (
        s["groups"] > 1
        and op.states[0].layout is not IMAGE_LAYOUT
        and any(runs_along(op.states[0].layout[-len(s["kernel_size"]) - 1], axis) for axis in "yx")
    ):
        return unknown_state(op.reason)
    ends = s.get("padding_end", s["padding"])

    def slide(dim: int, axis: FieldAxis, size: int, size_out: int) -> FieldAxis:
        padding = s["padding"][dim]
        if s.get("padding_mode", "zeros") != "zeros":
            sources = padded_sources(s["padding_mode"], size, padding, ends[dim])
            axis, size, padding = gather_units(axis, sources), len(sources), 0
        return slide_window(axis, size, size_out, s["kernel_size"][dim], s["stride"][dim], padding, s["dilation"][dim])

    return _slide_over(op, len(s["kernel_size"]), slide, contract=True)


def pool(op: OperationCall) -> FieldState:
    """Return the field of a window over the space of each channel."""
    s = op.settings
    return _slide_over(
        op,
        len(s["kernel_size"]),
        lambda dim, axis, size, size_out: slide_window(
            axis,
            size,
            size_out,
            s["kernel_size"][dim],
            s["stride"][dim],
            s["padding"][dim],
            s["dilation"][dim] if "dilation" in s else 1,
        ),
    )


def adaptive_pool(op: OperationCall) -> FieldState:
    """Return the field of windows from ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉ − 1; a single one sees the whole map."""

    def slide(_dim: int, axis: FieldAxis, size: int, size_out: int) -> FieldAxis:
        if size_out == 1:
            return WHOLE_AXIS
        if size == size_out:
            return axis
        if size % size_out == 0:
            return slide_window(axis, size, size_out, size // size_out, size // size_out, 0, 1)
        return gather_units(
            axis, [range(i * size // size_out, -(-(i + 1) * size // size_out)) for i in range(size_out)]
        )

    return _slide_over(op, len(op.settings["output_size"]), slide)


def transposed_convolution(op: OperationCall) -> FieldState:
    """Return the field of a transposed convolution: unit o is reached from j where o = j·s − p + t·d for a tap t."""
    s = op.settings

    def slide(dim: int, axis: FieldAxis, size: int, size_out: int) -> FieldAxis:
        k, stride, p, d = (s[key][dim] for key in ("kernel_size", "stride", "padding", "dilation"))
        if stride == 1:
            return slide_window(axis, size, size_out, k, 1, d * (k - 1) - p, d)
        return gather_units(
            axis,
            [
                [
                    (out + p - t * d) // stride
                    for t in range(k)
                    if (out + p - t * d) % stride == 0 and 0 <= (out + p - t * d) // stride < size
                ]
                for out in range(size_out)
            ],
        )

    return _slide_over(op, len(s["kernel_size"]), slide, contract=True)


def padded_sources(mode: str, size: int, before: int, after: int) -> list[list[int]]:
    """Return the unit that stands at every place of a padded line; none where zeros do."""
    places: Iterable[int] = range(-before, size + after)
    if mode == "reflect":
        last = size - 1
        return [[last - abs(last - abs(at))] for at in places]
    if mode == "replicate":
        return [[min(max(at, 0), size - 1)] for at in places]
    if mode == "circular":
        return [[at % size] for at in places]
    return [[at] if 0 <= at < size else [] for at in places]


def padding(op: OperationCall) -> FieldState:
    """Return the field of a map with a border; torch counts the sides from the last dimension on."""
    sides: Sequence[int] = op.settings["pad"]
    count, mode = len(sides) // 2, op.settings["mode"]
    if count > len(op.shapes[0]):
        return unknown_state(op.reason)

    def slide(dim: int, axis: FieldAxis, size: int, size_out: int) -> FieldAxis:
        before, after = sides[2 * (count - 1 - dim)], sides[2 * (count - 1 - dim) + 1]
        if axis.whole or before == after == 0:
            return axis
        if mode == "constant":
            return slide_window(axis, size, size_out, 1, 1, before, 1)
        return gather_units(axis, padded_sources(mode, size, before, after))

    return _slide_over(op, count, slide)


def resize(op: OperationCall) -> FieldState:
    """Return the field of a resized map: every output pixel reads the taps whose weight is not 0."""
    s = op.settings
    mode = s["mode"]
    if s.get("antialias") or mode not in INTERPOLATION_TAPS:
        return unknown_state(op.reason)
    if mode == "area":
        return _slide_over(
            op,
            len(op.outs[0]) - 2,
            lambda dim, axis, size, size_out: (
                WHOLE_AXIS
                if size_out == 1 < size
                else gather_units(
                    axis,
                    [range(i * size // size_out, -(-(i + 1) * size // size_out)) for i in range(size_out)],
                )
            ),
        )
    factors = s.get("scale_factor")
    if s.get("recompute_scale_factor"):
        factors = None

    def slide(dim: int, axis: FieldAxis, size: int, size_out: int) -> FieldAxis:
        if size == size_out:
            return axis
        factor = factors[dim] if isinstance(factors, tuple) else factors
        step = 1 / factor if factor else size / size_out
        if s.get("align_corners"):
            step = (size - 1) / (size_out - 1) if size_out > 1 else 0.0
        return gather_units(
            axis, [INTERPOLATION_TAPS[mode](i, step, size, bool(s.get("align_corners"))) for i in range(size_out)]
        )

    return _slide_over(op, len(op.outs[0]) - 2, slide)


def _nearest(i: int, step: float, size: int, _corners: bool) -> list[int]:
    return [min(floor(i * step), size - 1)]


def _nearest_exact(i: int, step: float, size: int, _corners: bool) -> list[int]:
    return [min(floor((i + 0.5) * step), size - 1)]


def _linear(i: int, step: float, size: int, corners: bool) -> list[int]:
    at = i * step if corners else max((i + 0.5) * step - 0.5, 0.0)
    at = round(at, 6)
    return [min(floor(at), size - 1), min(ceil(at), size - 1)]


def _cubic(i: int, step: float, size: int, corners: bool) -> list[int]:
    at = round(i * step if corners else (i + 0.5) * step - 0.5, 6)
    low = floor(at)
    taps = [low] if at == low else range(low - 1, low + 3)
    return [min(max(tap, 0), size - 1) for tap in taps]


INTERPOLATION_TAPS = {
    "nearest": _nearest,
    "nearest-exact": _nearest_exact,
    "linear": _linear,
    "bilinear": _linear,
    "bicubic": _cubic,
    "area": _linear,
}


def _moves_along(op: OperationCall, dim: int) -> bool:
    """Return whether dimension `dim`, taken for the channels, runs along an axis of the image."""
    state = op.states[0]
    return any(runs_along(state.layout[dim], axis) and not getattr(state, axis).whole for axis in "yx")


def pixel_shuffle(op: OperationCall) -> FieldState:
    """Return the field where r² channels become r x r pixels: pixel i stood at ⌊i/r⌋."""
    if _moves_along(op, -3):
        return unknown_state(op.reason)
    factor = op.settings["upscale_factor"]
    return _slide_over(
        op, 2, lambda _dim, axis, _size, size_out: gather_units(axis, [[i // factor] for i in range(size_out)])
    )


def pixel_unshuffle(op: OperationCall) -> FieldState:
    """Return the field where r x r pixels become r² channels: together they see r pixels a side."""
    if _moves_along(op, -3):
        return unknown_state(op.reason)
    factor = op.settings["downscale_factor"]
    return _slide_over(
        op, 2, lambda _dim, axis, size, size_out: slide_window(axis, size, size_out, factor, factor, 0, 1)
    )
