"""Receptive-field rules of operations that only move, cut or join: views, slices, permutations, concatenation."""

from cnnviz.trace.field_axis import FieldAxis, concatenate_axes, gather_units
from cnnviz.trace.field_state import (
    IMAGE_LAYOUT,
    DimensionRole,
    FieldState,
    merge_states,
    mix_units,
    reshape_state,
    runs_along,
    unknown_state,
)
from cnnviz.trace.operation_call import OperationCall


def pointwise(op: OperationCall) -> FieldState:
    """Return the field of an operation on each value; where several tensors meet, the union."""
    if len(op.states) == 1 and op.shapes[0] == op.outs[0]:
        return op.states[0]
    return merge_states(op.states, op.shapes, op.outs[0], op.reason)


def view(op: OperationCall) -> FieldState:
    """Return the field of the same elements in order, in other dimensions."""
    if op.shapes[0] == op.outs[0]:
        return op.states[0]
    return reshape_state(op.states[0], op.shapes[0], op.outs[0], op.reason)


def permute(op: OperationCall) -> FieldState:
    """Return the field of a permutation: dimension i was dimension `dims[i]`."""
    state = op.states[0]
    layout = tuple(state.layout[dim] for dim in op.settings["dims"])
    return FieldState(IMAGE_LAYOUT if layout == IMAGE_LAYOUT else layout, state.y, state.x)


def squeeze(op: OperationCall) -> FieldState:
    """Return the field without the dimensions of size 1 in `dims`."""
    state, dropped = op.states[0], op.settings["dims"]
    return FieldState(tuple(role for dim, role in enumerate(state.layout) if dim not in dropped), state.y, state.x)


def unsqueeze(op: OperationCall) -> FieldState:
    """Return the field with a dimension of size 1 at `dim`."""
    state, dim = op.states[0], op.settings["dim"]
    return _with_unit_dimensions((*state.layout[:dim], None, *state.layout[dim:]), state)


def reduction(op: OperationCall) -> FieldState:
    """Return the field of everything along `dims` in one number."""
    dims = op.settings["dims"]
    state = op.states[0]
    if op.settings["keepdim"]:
        return mix_units(state, dims)
    return mix_units(state, dims, tuple(role for dim, role in enumerate(state.layout) if dim not in dims))


def mixing(op: OperationCall) -> FieldState:
    """Return the field where every unit depends on all along `dims`: softmax, layer norm, a linear layer."""
    state, dims = op.states[0], op.settings["dims"]
    if not any(runs_along(state.layout[dim], axis) for dim in dims for axis in "yx"):
        return state
    layout = tuple("c" if dim in dims and isinstance(role, tuple) else role for dim, role in enumerate(state.layout))
    return mix_units(state, dims, layout)


def linear(op: OperationCall) -> FieldState:
    """Return the field of a weighted sum along the last dimension, or along `dims`."""
    dims = op.settings.get("dims", (len(op.shapes[0]) - 1,))
    if len(op.outs[0]) != len(op.shapes[0]):
        return unknown_state(op.reason)
    return mix_units(
        op.states[0],
        dims,
        tuple("c" if dim in dims else role for dim, role in enumerate(op.states[0].layout)),
    )


def across_channels(op: OperationCall) -> FieldState:
    """Return the field where every unit depends on others at its place: those of dimension 1, which must be the
    channels."""
    state = op.states[0]
    role = state.layout[1] if len(state.layout) > 1 else "c"
    known = not any(runs_along(role, axis) and not getattr(state, axis).whole for axis in "yx")
    return state if known else unknown_state(op.reason)


def space_statistics(op: OperationCall) -> FieldState:
    """Return the field where mean and variance over the space go into every unit."""
    state = op.states[0]
    if state.layout is not IMAGE_LAYOUT and not state.everywhere:
        return unknown_state(op.reason)
    return mix_units(
        state, [dim for dim, role in enumerate(state.layout) if runs_along(role, "y") or runs_along(role, "x")]
    )


def concatenation(op: OperationCall) -> FieldState:
    """Return the field of a concatenation: on channels a union; along an image axis end to end."""
    dim, shapes = op.settings["dim"], op.shapes
    roles = [state.layout[dim] for state in op.states if not state.constant]
    axis = next((axis for axis in "yx" if any(runs_along(role, axis) for role in roles)), None)
    if axis is None:
        common = tuple(1 if at == dim else size for at, size in enumerate(op.outs[0]))
        ones = [tuple(1 if at == dim else size for at, size in enumerate(shape)) for shape in shapes]
        return merge_states(op.states, ones, common, op.reason)
    other = "x" if axis == "y" else "y"
    first = op.states[0]
    if any(
        state.constant or state.layout != first.layout or getattr(state, other) != getattr(first, other)
        for state in op.states
    ):
        return unknown_state(op.reason)
    if isinstance(first.layout[dim], tuple):
        return (
            FieldState(
                tuple("c" if at == dim else role for at, role in enumerate(first.layout)),
                *(mix_units(first, [dim]).y, mix_units(first, [dim]).x),
            )
            if len(op.states) == 1
            else unknown_state(op.reason)
        )
    joined = concatenate_axes(
        [(getattr(state, axis), shape[dim]) for state, shape in zip(op.states, shapes, strict=True)]
    )
    return FieldState(first.layout, *((joined, first.x) if axis == "y" else (first.y, joined)))


def pieces(op: OperationCall) -> list[FieldState]:
    """Return the fields of consecutive parts along `dim`, one state each."""
    dim, found, begin = op.settings["dim"], [], 0
    for out in op.outs:
        found.append(_select(op, {dim: range(begin, begin + out[dim])}))
        begin += out[dim]
    return found


def stack(op: OperationCall) -> FieldState:
    """Return the field of tensors joined along a new dimension at `dim`."""
    dim = op.settings["dim"]
    states = [
        state if state.constant else FieldState((*state.layout[:dim], "c", *state.layout[dim:]), state.y, state.x)
        for state in op.states
    ]
    shapes = [(*shape[:dim], 1, *shape[dim:]) for shape in op.shapes]
    return merge_states(states, shapes, (*op.outs[0][:dim], 1, *op.outs[0][dim + 1 :]), op.reason)


def unbind(op: OperationCall) -> list[FieldState]:
    """Return the fields of every place along `dim`, each without that dimension."""
    dim = op.settings["dim"]
    places = [_select(op, {dim: range(at, at + 1)}) for at in range(op.shapes[0][dim])]
    return [
        state if state.reason else FieldState((*state.layout[:dim], *state.layout[dim + 1 :]), state.y, state.x)
        for state in places
    ]


def taken(op: OperationCall) -> FieldState:
    """Return the field of x[index]: `cuts` says which places of each dimension stay, `layout` what becomes of the
    dimensions."""
    cuts, layout = op.settings["cuts"], op.settings["layout"]
    if cuts is None:
        return unknown_state(op.reason)
    state = _select(op, cuts)
    if state.reason:
        return state
    return _with_unit_dimensions(tuple(None if dim is None else state.layout[dim] for dim in layout), state)


def _with_unit_dimensions(roles: tuple[DimensionRole | None, ...], state: FieldState) -> FieldState:
    """Return the state with dimensions of size 1 where `roles` has None: the batch of one where it had been dropped."""
    layout = ["c" if role is None else role for role in roles]
    if layout and roles[0] is None and "n" not in layout:
        layout[0] = "n"
    return FieldState(IMAGE_LAYOUT if tuple(layout) == IMAGE_LAYOUT else tuple(layout), state.y, state.x)


def reorder(op: OperationCall) -> FieldState:
    """Return the field of flip and roll: place i along a dimension shows what stood at `order[dim][i]`."""
    return _select(op, op.settings["order"])


def _select(op: OperationCall, cuts: dict[int, range | list[int]]) -> FieldState:
    state, shape = op.states[0], op.shapes[0]
    axes: dict[str, FieldAxis] = {"y": state.y, "x": state.x}
    for dim, places in cuts.items():
        if list(places) == list(range(shape[dim])):
            continue
        for axis in "yx":
            if state.layout[dim] == axis:
                axes[axis] = gather_units(axes[axis], [[at] for at in places])
            elif runs_along(state.layout[dim], axis) and not axes[axis].whole:
                return unknown_state(op.reason)
    return FieldState(state.layout, axes["y"], axes["x"])
