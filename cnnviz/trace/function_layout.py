"""The functions that only move, cut, join or reduce: which dimensions, which places."""

from collections.abc import Sequence
from typing import Any

from torch import Size, Tensor

from cnnviz.trace.function_readers import Arguments
from cnnviz.trace.settings import Described, Shape, spread_out


def permute(a: Arguments, shape: Shape) -> Described:
    """`x.permute`."""
    dims = a["dims"]
    dims = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], tuple | list | Size) else tuple(dims)
    return "permute", {"dims": tuple(dim % len(shape) for dim in dims)}


def transpose(a: Arguments, shape: Shape) -> Described:
    """Two dimensions change places."""
    order = list(range(len(shape)))
    first, second = a.get("dim0", a.get("axis0", 0)), a.get("dim1", a.get("axis1", 1))
    order[first], order[second] = order[second], order[first]
    return "permute", {"dims": tuple(order)}


def swap_last(_a: Arguments, shape: Shape) -> Described:
    """`x.mT`."""
    return transpose({"dim0": -2, "dim1": -1}, shape)


def reverse(_a: Arguments, shape: Shape) -> Described:
    """`x.T`: all dimensions, last first."""
    return "permute", {"dims": tuple(reversed(range(len(shape))))}


def movedim(a: Arguments, shape: Shape) -> Described:
    """`x.movedim`."""
    count = len(shape)
    source = [dim % count for dim in spread_out(a["source"], 1)]
    target = [dim % count for dim in spread_out(a["destination"], 1)]
    rest = iter(dim for dim in range(count) if dim not in source)
    order = [source[target.index(dim)] if dim in target else next(rest) for dim in range(count)]
    return "permute", {"dims": tuple(order)}


def squeeze(a: Arguments, shape: Shape) -> Described:
    """`x.squeeze`: only dimensions of size 1 go."""
    dims = [dim % len(shape) for dim in spread_out(a["dim"], 1)] if "dim" in a else range(len(shape))
    return "squeeze", {"dims": tuple(dim for dim in dims if shape[dim] == 1)}


def unsqueeze(a: Arguments, shape: Shape) -> Described:
    """`x.unsqueeze`."""
    return "unsqueeze", {"dim": a["dim"] % (len(shape) + 1)}


def view(a: Arguments, _shape: Shape) -> Described:
    """`flatten`, `view`, `reshape`: the shapes say it all."""
    return "view", {key: a[key] for key in ("start_dim", "end_dim") if key in a}


def reduction(a: Arguments, shape: Shape) -> Described:
    """`mean`, `sum`, `max` along dimensions, or over all."""
    dims = a.get("dim", a.get("axis"))
    if isinstance(dims, Tensor):
        return "pointwise", {}
    listed = range(len(shape)) if dims is None or dims == () or dims == [] else spread_out(dims, 1)
    return "reduction", {
        "dims": tuple(dim % len(shape) for dim in listed),
        "keepdim": bool(a.get("keepdim", False)),
    }


def cat(a: Arguments, shape: Shape) -> Described:
    """`torch.cat`."""
    return "cat", {"dim": a.get("dim", a.get("axis", 0)) % len(shape)}


def pieces(a: Arguments, shape: Shape) -> Described:
    """`chunk` and `split`."""
    return "pieces", {"dim": (a.get("dim") or 0) % len(shape)}


def getitem(a: Arguments, shape: Shape) -> Described:
    """x[index] with numbers, slices, None and an ellipsis; by a tensor it is not known."""
    index = a["index"]
    parts: Sequence[Any] = index if isinstance(index, tuple) else (index,)
    plain = all(
        part is None
        or part is Ellipsis
        or isinstance(part, slice)
        or (isinstance(part, int) and not isinstance(part, bool))
        for part in parts
    )
    if not plain:
        return "taken", {"cuts": None, "layout": ()}
    missing = len(shape) - sum(part is not None and part is not Ellipsis for part in parts)
    if Ellipsis not in parts:
        parts = (*parts, Ellipsis)
    cuts: dict[int, range] = {}
    layout: list[int | None] = []
    dim = 0
    for part in parts:
        if part is None:
            layout.append(None)
        elif part is Ellipsis:
            layout.extend(range(dim, dim + missing))
            dim += missing
        else:
            cuts[dim] = range(shape[dim])[part] if isinstance(part, slice) else range(shape[dim])[part:][:1]
            if isinstance(part, slice):
                layout.append(dim)
            dim += 1
    return "taken", {"cuts": cuts, "layout": tuple(layout)}


def select(a: Arguments, shape: Shape) -> Described:
    """One place along a dimension."""
    dim = a["dim"] % len(shape)
    return getitem({"index": (*[slice(None)] * dim, a["index"])}, shape)


def narrow(a: Arguments, shape: Shape) -> Described:
    """A stretch along a dimension."""
    dim, start = a["dim"] % len(shape), a["start"]
    return getitem({"index": (*[slice(None)] * dim, slice(start, start + a["length"]))}, shape)


def flip(a: Arguments, shape: Shape) -> Described:
    """`x.flip`."""
    dims = a["dims"]
    dims = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple | list) else dims
    return "reorder", {"order": {dim % len(shape): list(reversed(range(shape[dim]))) for dim in dims}}


def roll(a: Arguments, shape: Shape) -> Described:
    """`x.roll` along dimensions; without them it is not known."""
    shifts, dims = spread_out(a["shifts"], 1), a.get("dims")
    if dims is None or dims == ():
        return "", {}
    return "reorder", {
        "order": {
            dim % len(shape): [(at - shift) % shape[dim] for at in range(shape[dim])]
            for shift, dim in zip(shifts, spread_out(dims, 1), strict=True)
        }
    }
