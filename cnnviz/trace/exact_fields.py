"""Exact receptive fields of every unit of one row, borders and dropped pixels included."""

from cnnviz.errors import UserError
from cnnviz.trace.field_axis import UNEVEN, FieldAxis
from cnnviz.trace.field_rules import output_states
from cnnviz.trace.field_state import CONSTANT_STATE, IMAGE_LAYOUT, FieldState
from cnnviz.trace.operation_call import OperationCall
from cnnviz.trace.operations import joins
from cnnviz.trace.record import ReceptiveField, Trace
from cnnviz.trace.recorded_call import OutputRef


def exact_field(trace: Trace, name: str) -> ReceptiveField:
    """Return the field of the row `name` with every unit's first and last image pixel in `spans`; (0, −1) for none.

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
    states: dict[OutputRef, FieldState] = {
        OutputRef(-1, 0): FieldState(IMAGE_LAYOUT, _pixel_axis(height), _pixel_axis(width))
    }
    shapes: dict[OutputRef, tuple[int, ...]] = {OutputRef(-1, 0): (1, *trace.input_shape)}
    target = next(index for index, call in enumerate(trace.calls) if call.name == name)
    needed, open_calls = set[int](), [target]
    while open_calls:
        index = open_calls.pop()
        if index >= 0 and index not in needed:
            needed.add(index)
            open_calls.extend(ref.call for ref in trace.calls[index].refs)
    for index in sorted(needed):
        call = trace.calls[index]
        outs: tuple[FieldState, ...] = (CONSTANT_STATE,) * len(call.shapes)
        row = rows.get(call.name)
        read = () if row is None else call.refs if joins(row.operation) else call.inputs
        if row is not None and read:
            outs = output_states(
                OperationCall(
                    row.operation,
                    row.kind,
                    row.settings,
                    tuple(states[ref] for ref in read),
                    tuple(shapes[ref] for ref in read),
                    call.shapes,
                )
            )
        for out, (state, shape) in enumerate(zip(outs, call.shapes, strict=True)):
            states[OutputRef(index, out)], shapes[OutputRef(index, out)] = state, shape
    return states[OutputRef(target, 0)].field(trace.calls[target].shapes[0], trace.input_shape)


def _pixel_axis(size: int) -> FieldAxis:
    return FieldAxis(UNEVEN, 0, 1, tuple((pixel, 1) for pixel in range(size)))
