"""Both ways between pixels and units: whom a pixel reaches, and what a unit saw."""

from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.errors import Refusal
from cnnviz.trace.explain.effective_field import effective_field
from cnnviz.trace.explain.reach import reached_units
from cnnviz.trace.record import LayerRecord, Pair, Trace

__all__ = ["FieldGrowth", "Reach", "effective_field", "field_growth", "reached", "reached_units"]


@dataclass(frozen=True, slots=True)
class Reach:
    """The units of a row that a pixel reaches: first and last row, first and last column."""

    rows: Pair
    columns: Pair
    exact: bool = True
    """False where units between the first and the last may miss the pixel (dilation): ask `reached_units`."""


@dataclass(frozen=True, slots=True)
class FieldGrowth:
    """How far one row sees, in input pixels, (height, width); size and stride None where it is no window."""

    name: str
    kind: str
    depth: int
    """Layers with a window, or with weights over everything, on the longest path up to here."""
    extent: str
    size: Pair | None
    stride: Pair | None


def reached(record: LayerRecord, pixel: tuple[int, int]) -> Reach | None:
    """The units of `record` whose field holds the input pixel in (row, column), None where none does.

    Raises:
        Refusal: `reach_unknown` where the row's field is not known.
    """
    field = record.receptive_field
    if field.extent == "unknown":
        raise Refusal("reach_unknown", layer=record.name, kind=field.reason or record.kind)
    units = record.shape[1:] if len(record.shape) == 3 else (1, 1)
    if field.extent == "global":
        return Reach((0, units[0] - 1), (0, units[1] - 1))
    ranges = []
    for axis in range(2):
        if field.spans is not None:
            found = _within(field.spans[axis], pixel[axis])
        else:
            assert field.size is not None
            assert field.start is not None
            assert field.stride is not None
            found = _affine(field.size[axis], field.stride[axis], field.start[axis], units[axis], pixel[axis])
        if found is None:
            return None
        ranges.append(found)
    return Reach(ranges[0], ranges[1], field.dense and field.spans is None)


def _affine(size: int, stride: int, start: int, units: int, pixel: int) -> Pair | None:
    """First and last i of 0 … units − 1 with start + i·stride ≤ pixel ≤ start + i·stride + size − 1."""
    if stride == 0:
        return (0, units - 1) if start <= pixel < start + size else None
    first = max(0, -(-(pixel - start - size + 1) // stride))
    last = min(units - 1, (pixel - start) // stride)
    return (first, last) if first <= last else None


def _within(spans: Sequence[Pair], pixel: int) -> Pair | None:
    places = [unit for unit, (low, high) in enumerate(spans) if low <= pixel <= high]
    return (places[0], places[-1]) if places else None


def field_growth(trace: Trace) -> tuple[FieldGrowth, ...]:
    """The receptive field of every row by depth, in order of execution."""
    depths = {"input": 0}
    rows = []
    for record in trace.layers:
        before = max((depths.get(name, 0) for name in record.inputs), default=0)
        depths[record.name] = before + (record.operation in ("conv", "pool", "adaptive_pool", "linear"))
        field = record.receptive_field
        rows.append(FieldGrowth(record.name, record.kind, depths[record.name], field.extent, field.size,
                                field.stride))
    return tuple(rows)
