"""The receptive field behind each call, by the rule of its operation."""

from cnnviz.trace.field_state import CONSTANT_STATE, FieldState, unknown_state
from cnnviz.trace.operation_call import OperationCall
from cnnviz.trace.operations import OPERATIONS


def output_states(op: OperationCall) -> tuple[FieldState, ...]:
    """Return the state of every output; unknown where an input's is, or where no rule says how it was computed."""
    count = len(op.outs)
    for state in op.states:
        if state.reason:
            return (state,) * count
    if all(state.constant for state in op.states):
        return (CONSTANT_STATE,) * count
    kind = OPERATIONS.get(op.name)
    if kind is not None and kind.field is not None and (len(op.states) == 1 or kind.joins):
        states: FieldState | list[FieldState] = kind.field(op)
        return (states,) * count if isinstance(states, FieldState) else tuple(states)
    return (unknown_state(op.reason),) * count
