"""Pixel reach by formula: the units whose receptive field holds an input pixel."""

from dataclasses import dataclass

from cnnviz.errors import UserError
from cnnviz.trace.record import LayerRecord, Pair, ReceptiveField, Trace


@dataclass(frozen=True, slots=True)
class ReachedRange:
    """The units of a row that a pixel reaches: first and last row, first and last column."""

    rows: Pair
    columns: Pair
    exact: bool = True
    """False where units between the first and the last may miss the pixel (dilation): ask `reached_units`."""


@dataclass(frozen=True, slots=True)
class FieldGrowth:
    """The receptive field of one row in input pixels, (height, width); size and stride None where it is no window."""

    name: str
    kind: str
    depth: int
    """Layers with a window, or with weights over everything, on the longest path up to here."""
    extent: str
    size: Pair | None
    stride: Pair | None


def reached_range(record: LayerRecord, pixel: tuple[int, int]) -> ReachedRange | None:
    """Return the units of `record` whose field holds the input pixel in (row, column), None where none does.

    Raises:
        UserError: `reach_unknown` where the row's field is not known.
    """
    field = record.receptive_field
    if field.extent == "unknown":
        raise UserError("reach_unknown", layer=record.name, kind=field.reason or record.kind)
    units = _unit_counts(record)
    rows, columns = (_reached_along(field, axis, units[axis], pixel[axis]) for axis in range(2))
    if rows is None or columns is None:
        return None
    if None not in field.dims and field.dims[0] > field.dims[1]:  # type: ignore[operator]
        rows, columns = columns, rows
    return ReachedRange(rows, columns, field.extent == "global" or (field.dense and field.spans is None))


def reached_ranges(record: LayerRecord, image: tuple[int, int]) -> tuple[tuple[Pair | None, ...], ...]:
    """`reached` for an image of (H, W): per input row the rows, per column the columns, that it reaches.

    Raises:
        UserError: `reach_unknown` where the row's field is not known.
    """
    units, field = _unit_counts(record), record.receptive_field
    if field.extent == "unknown" or (field.extent == "window" and field.dims != (1, 2)):
        raise UserError("reach_unknown", layer=record.name, kind=field.reason or record.kind)
    return tuple(
        tuple(_reached_along(field, axis, units[axis], pixel) for pixel in range(image[axis])) for axis in range(2)
    )


def _unit_counts(record: LayerRecord) -> Pair:
    """Return how many units stand along the image's height and along its width."""
    field, shape = record.receptive_field, record.shape
    if field.extent != "window":
        return (shape[1], shape[2]) if len(shape) == 3 else (1, 1)
    down, across = (1 if dim is None else shape[dim] for dim in field.dims)
    return down, across


def _reached_along(field: ReceptiveField, axis: int, units: int, pixel: int) -> Pair | None:
    if field.extent == "global":
        return 0, units - 1
    if field.spans is not None:
        places = [unit for unit, (low, high) in enumerate(field.spans[axis]) if low <= pixel <= high]
        return (places[0], places[-1]) if places else None
    assert field.size is not None
    assert field.stride is not None
    assert field.start is not None
    return _reached_evenly_spaced(field.size[axis], field.stride[axis], field.start[axis], units, pixel)


def _reached_evenly_spaced(size: int, stride: int, start: int, units: int, pixel: int) -> Pair | None:
    """First and last i of 0 … units − 1 with start + i·stride ≤ pixel ≤ start + i·stride + size − 1."""
    if stride == 0:
        return (0, units - 1) if start <= pixel < start + size else None
    first = max(0, -(-(pixel - start - size + 1) // stride))
    last = min(units - 1, (pixel - start) // stride)
    return (first, last) if first <= last else None


def field_growth(trace: Trace) -> tuple[FieldGrowth, ...]:
    """Return the receptive field of every row by depth, in order of execution."""
    depths = {"input": 0}
    rows = []
    for record in trace.layers:
        before = max((depths.get(name, 0) for name in record.inputs), default=0)
        depths[record.name] = before + (record.family in ("conv", "pool", "linear"))
        field = record.receptive_field
        rows.append(FieldGrowth(record.name, record.kind, depths[record.name], field.extent, field.size, field.stride))
    return tuple(rows)
