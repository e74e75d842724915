"""The units that an input pixel reaches, exactly, gaps included."""

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.trace.operations import OPERATIONS
from cnnviz.trace.record import LayerRecord, Trace


def reached_units(trace: Trace, name: str, pixel: tuple[int, int]) -> Tensor:
    """Return a mask of the shape of row `name`: True where a unit depends on the pixel in (row, column).

    Raises:
        UserError: `reach_pixel` outside the image, `reach_unknown` where an operation cannot be followed.
    """
    height, width = trace.input_shape[1:]
    if not (0 <= pixel[0] < height and 0 <= pixel[1] < width):
        raise UserError("reach_pixel", row=pixel[0], column=pixel[1], height=height, width=width)
    start = torch.zeros(1, height, width, dtype=torch.bool)
    start[0, pixel[0], pixel[1]] = True
    masks: dict[str, Tensor] = {"input": start}
    for record in _before(trace, name):
        kind = OPERATIONS.get(record.operation)
        if kind is None or kind.reach is None:
            raise UserError("reach_unknown", layer=record.name, kind=record.kind)
        masks[record.name] = kind.reach(record, tuple(masks[source] for source in record.inputs))
    return masks[name].expand(trace[name].shape)


def _before(trace: Trace, name: str) -> list[LayerRecord]:
    """Return the rows that `name` was made from, itself last, in order of execution."""
    needed, rows = {name}, []
    for record in reversed(trace.layers):
        if record.name in needed:
            needed.update(record.inputs)
            rows.append(record)
    return rows[::-1]
