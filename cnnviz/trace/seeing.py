"""What every unit of one row really sees of the image, borders and dropped pixels included."""

from cnnviz.errors import UserError
from cnnviz.trace.axis import EXACT, Axis
from cnnviz.trace.calls import Ref
from cnnviz.trace.operation import Operation
from cnnviz.trace.record import ReceptiveField, Trace
from cnnviz.trace.rules import JOINS, spread
from cnnviz.trace.state import CONSTANT, IMAGE, State


def seen(trace: Trace, name: str) -> ReceptiveField:
    """The field of the row `name` with every unit's first and last image pixel in `spans`; (0, −1) for
    one that sees none.

    A record's field is the usual one: evenly spaced, unclipped, every unit as if in the middle of an
    endless image. Here
    no unit of an inner map is made up beyond its border, so the box is at most the clipped one, and
    smaller where a
    padded layer stands behind a stride that left pixels over. Global and unknown fields come back as
    they are.

    Raises:
        UserError: `unknown_layer`.
    """
    rows = {row.name: row for row in trace.layers}
    if name not in rows:
        raise UserError("unknown_layer", name=name)
    if rows[name].receptive_field.extent != "window":
        return rows[name].receptive_field
    _, height, width = trace.input_shape
    states: dict[Ref, State] = {Ref(-1, 0): State(IMAGE, _pixels(height), _pixels(width))}
    shapes: dict[Ref, tuple[int, ...]] = {Ref(-1, 0): (1, *trace.input_shape)}
    target = next(index for index, call in enumerate(trace.calls) if call.name == name)
    needed, open_calls = set[int](), [target]
    while open_calls:
        index = open_calls.pop()
        if index >= 0 and index not in needed:
            needed.add(index)
            open_calls.extend(ref.call for ref in trace.calls[index].refs)
    for index in sorted(needed):
        call = trace.calls[index]
        outs: tuple[State, ...] = (CONSTANT,) * len(call.shapes)
        row = rows.get(call.name)
        read = () if row is None else call.refs if row.operation in JOINS else call.inputs
        if row is not None and read:
            outs = spread(
                Operation(
                    row.operation,
                    row.kind,
                    row.settings,
                    tuple(states[ref] for ref in read),
                    tuple(shapes[ref] for ref in read),
                    call.shapes,
                )
            )
        for out, (state, shape) in enumerate(zip(outs, call.shapes, strict=True)):
            states[Ref(index, out)], shapes[Ref(index, out)] = state, shape
    return states[Ref(target, 0)].field(trace.calls[target].shapes[0], trace.input_shape)


def _pixels(size: int) -> Axis:
    return Axis(EXACT, 0, 1, tuple((pixel, 1) for pixel in range(size)))
