"""The unit of a layer that is shown before the user has chosen one."""

from torch import Tensor

from cnnviz.trace.explain.explanation import Index
from cnnviz.trace.record import ReceptiveField


def default_unit(output: Tensor, field: ReceptiveField, height: int, width: int) -> Index:
    """Return the place of the largest value among the units that see nothing but the image: no padding, no border.

    Where no unit does, among those nearest to the middle of the map; of a vector (F,), among all of them. `output` is
    a layer's (C, H, W) or (F,), `field` its receptive field in an image of `height` by `width` pixels.
    """
    tops, lefts = 0, 0
    part = output
    if output.ndim == 3:
        rows, columns = (_inner(field, axis, output.shape[1 + axis], side) for axis, side in enumerate((height, width)))
        part = output[:, rows.start : rows.stop, columns.start : columns.stop]
        tops, lefts = rows.start, columns.start
    place, index = int(part.argmax()), []
    for size in reversed(part.shape):
        place, here = divmod(place, size)
        index.append(here)
    found = tuple(reversed(index))
    return (found[0], found[1] + tops, found[2] + lefts) if output.ndim == 3 else found


def _inner(field: ReceptiveField, axis: int, units: int, side: int) -> range:
    """Return the units of an axis whose fields lie within `side` pixels of an image, else the one or two in
    the middle."""
    inside = [unit for unit, (first, last) in enumerate(_spans(field, axis, units)) if first >= 0 and last < side]
    return range(inside[0], inside[-1] + 1) if inside else range((units - 1) // 2, units // 2 + 1)


def _spans(field: ReceptiveField, axis: int, units: int) -> list[tuple[int, int]]:
    """Return the first and last pixel that each unit of an axis sees; [] where the fields are no windows."""
    if field.extent != "window" or field.dims != (1, 2):
        return []
    if field.spans is not None:
        return list(field.spans[axis])
    if field.size is None or field.stride is None or field.start is None:
        return []
    starts = (field.start[axis] + unit * field.stride[axis] for unit in range(units))
    return [(start, start + field.size[axis] - 1) for start in starts]
