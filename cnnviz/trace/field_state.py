"""The receptive field of a tensor while it is passed on: which of its dimensions carry the image's axes."""

from collections.abc import Sequence
from math import prod

from cnnviz.trace.field_axis import PIXEL_AXIS, WHOLE_AXIS, FieldAxis, axis_of_units, union_of_axes
from cnnviz.trace.record import GLOBAL, ReceptiveField

DimensionRole = str | tuple[tuple[int, str], ...]
"""What a dimension counts: "n" images, "c" channels or features, "y" rows, "x" columns; or (size, role)
of those merged in it."""
Layout = tuple[DimensionRole, ...]
Shape = tuple[int, ...]

IMAGE_LAYOUT: Layout = ("n", "c", "y", "x")


class FieldState:
    """Layout and axes of one tensor; `reason` names the operation after which they are unknown."""

    __slots__ = ("_field", "constant", "layout", "reason", "x", "y")

    def __init__(self, layout: Layout, y: FieldAxis, x: FieldAxis, reason: str = "", constant: bool = False) -> None:
        self.layout, self.y, self.x, self.reason, self.constant = layout, y, x, reason, constant
        self._field: ReceptiveField | None = None

    @property
    def everywhere(self) -> bool:
        """Return True where every unit depends on the whole image."""
        return self.y.whole and self.x.whole and not self.reason

    def field(self, shape: Shape, image: Shape) -> ReceptiveField:
        """Return the receptive field of the tensor of `shape` (batch included) over an `image` (C, H, W)."""
        if self._field is None:
            self._field = self._report(shape, image)
        return self._field

    def _report(self, shape: Shape, image: Shape) -> ReceptiveField:
        if self.reason or self.constant:
            return ReceptiveField("unknown", reason=self.reason or "constant")
        merged = any(
            isinstance(role, tuple) and (runs_along(role, "y") or runs_along(role, "x")) for role in self.layout
        )
        if (merged and sum(role != "n" for role in self.layout) == 1) or (self.y.whole and self.x.whole):
            return GLOBAL  # a flattened map, whose every number the next layer reads, or what sees everything
        if merged:
            return ReceptiveField("unknown", reason="reshape")
        kept = [role for role in self.layout if role != "n"]
        dims = tuple(kept.index(axis) if axis in kept else None for axis in "yx")
        sizes = [
            next((size for size, role in zip(shape, self.layout, strict=True) if role == axis), 1) for axis in "yx"
        ]
        y, x = (
            axis_of_units([(0, (1 << length) - 1)] * size, length) if axis.whole else axis
            for axis, size, length in zip((self.y, self.x), sizes, image[1:], strict=True)
        )
        (top, bottom), (left, right) = y.span(0), x.span(0)
        size, start, dense = (bottom - top + 1, right - left + 1), (top, left), y.dense and x.dense
        if y.units is None and x.units is None:
            return ReceptiveField("window", size, (y.stride, x.stride), start, dense=dense, dims=(dims[0], dims[1]))
        spans = tuple(y.span(i) for i in range(sizes[0])), tuple(x.span(i) for i in range(sizes[1]))
        return ReceptiveField(
            "window", size, None, start, uniform=False, dense=dense, spans=spans, dims=(dims[0], dims[1])
        )


IMAGE_STATE = FieldState(IMAGE_LAYOUT, PIXEL_AXIS, PIXEL_AXIS)
CONSTANT_STATE = FieldState((), PIXEL_AXIS, PIXEL_AXIS, constant=True)


def unknown_state(reason: str) -> FieldState:
    """Return the state of a tensor whose field is lost after the operation `reason`."""
    return FieldState((), PIXEL_AXIS, PIXEL_AXIS, reason)


def runs_along(role: DimensionRole, axis: str) -> bool:
    """Return whether a dimension of this role runs along the image's `axis`, "y" or "x"."""
    return role == axis if isinstance(role, str) else any(part == axis for _, part in role)


def mix_units(state: FieldState, dims: Sequence[int], layout: Layout | None = None) -> FieldState:
    """Return the state after all units along `dims` were mixed with each other, its dimensions now playing `layout`."""
    y, x = state.y, state.x
    for dim in dims:
        role = state.layout[dim]
        y = WHOLE_AXIS if runs_along(role, "y") else y
        x = WHOLE_AXIS if runs_along(role, "x") else x
    return FieldState(state.layout if layout is None else layout, y, x)


def merge_states(states: Sequence[FieldState], shapes: Sequence[Shape], out: Shape, name: str) -> FieldState:
    """Return the union of tensors of `shapes` that meet element by element, broadcast to `out`."""
    layout: list[DimensionRole] = ["c"] * len(out)
    moving = [(state, shape) for state, shape in zip(states, shapes, strict=True) if not state.constant]
    for state, _ in moving:
        for dim, role in zip(range(len(out) - len(state.layout), len(out)), state.layout, strict=True):
            if role == layout[dim] or role == "c" or (role == "n" and layout[dim] != "c"):
                continue
            if layout[dim] not in ("c", "n"):
                return unknown_state(name)
            layout[dim] = role
    axes: dict[str, FieldAxis] = {}
    for axis in "yx":
        total: FieldAxis | None = None
        home = next((dim for dim, role in enumerate(layout) if role == axis), None)
        size = 1 if home is None else out[home]
        for state, shape in moving:
            own: FieldAxis = getattr(state, axis)
            if not own.whole and size > 1 and _size(state, shape, axis) == 1:
                own = axis_of_units([own.unit(0)] * size, min(own.stride, 0))
            total = own if total is None else union_of_axes(total, own, size) if home is not None else _same(total, own)
            if total is None:
                return unknown_state(name)
        axes[axis] = total if total is not None else PIXEL_AXIS
    return FieldState(tuple(layout), axes["y"], axes["x"])


def _same(first: FieldAxis, second: FieldAxis) -> FieldAxis | None:
    """Return the union of two axes that no dimension of their own tells apart (merged or dropped)."""
    if first == second:
        return first
    return WHOLE_AXIS if first.whole or second.whole else None


def _size(state: FieldState, shape: Shape, axis: str) -> int:
    return next((size for size, role in zip(shape, state.layout, strict=True) if role == axis), 1)


def reshape_state(state: FieldState, shape: Shape, out: Shape, name: str) -> FieldState:
    """Return the state of the same elements in other dimensions; unknown where an image axis is cut apart."""
    factors: list[tuple[int, str]] = []
    for size, role in zip(shape, state.layout, strict=True):
        factors.extend([(size, role)] if isinstance(role, str) else role)
    layout: list[list[tuple[int, str]]] = []
    for index, size in enumerate(out):
        taken: list[tuple[int, str]] = []
        while (have := prod(part for part, _ in taken)) < size or (
            size == 1 and not taken and factors and factors[0][0] == 1
        ):
            need = size // have
            if not factors or size % have:
                return unknown_state(name)
            part, role = factors.pop(0)
            if part > need:
                if part % need or role in "yx":
                    return unknown_state(name)
                factors.insert(0, (part // need, role))
                part = need
            elif need % part:
                return unknown_state(name)
            taken.append((part, role))
        ones_to_come = sum(1 for later in out[index + 1 :] if later == 1)
        while factors and factors[0][0] == 1 and size > 1 and sum(p == 1 for p, _ in factors) > ones_to_come:
            taken.append(factors.pop(0))
        layout.append(taken)
    if layout:
        layout[-1].extend(factors)
    return FieldState(tuple(_role(taken) for taken in layout), state.y, state.x)


def _role(taken: list[tuple[int, str]]) -> DimensionRole:
    kept = [part for part in taken if part[0] > 1 or part[1] in "yx"]
    if all(role in "nc" for _, role in kept):
        return taken[0][1] if len(taken) == 1 else "c"
    return kept[0][1] if len(kept) == 1 else tuple(kept)
