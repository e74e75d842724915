"""The settings of functions that only move, cut, join or reduce: dimensions and places."""

from collections.abc import Sequence
from typing import Any

from torch import Size, Tensor

from cnnviz.trace.function_settings import Arguments
from cnnviz.trace.window_settings import Settings, Shape, per_axis


def permute(a: Arguments, shape: Shape) -> Settings:
    """Return the order of dimensions that `x.permute` makes."""
    dims = a["dims"]
    dims = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], tuple | list | Size) else tuple(dims)
    return {"dims": tuple(dim % len(shape) for dim in dims)}


def transpose(a: Arguments, shape: Shape) -> Settings:
    """Return the order in which two dimensions have changed places."""
    order = list(range(len(shape)))
    first, second = a.get("dim0", a.get("axis0", 0)), a.get("dim1", a.get("axis1", 1))
    order[first], order[second] = order[second], order[first]
    return {"dims": tuple(order)}


def swap_last(_a: Arguments, shape: Shape) -> Settings:
    """Return the order of `x.mT`."""
    return transpose({"dim0": -2, "dim1": -1}, shape)


def reverse(_a: Arguments, shape: Shape) -> Settings:
    """Return the order of `x.T`: all dimensions, last first."""
    return {"dims": tuple(reversed(range(len(shape))))}


def movedim(a: Arguments, shape: Shape) -> Settings:
    """Return the order of dimensions that `x.movedim` makes."""
    count = len(shape)
    source = [dim % count for dim in per_axis(a["source"], 1)]
    target = [dim % count for dim in per_axis(a["destination"], 1)]
    rest = iter(dim for dim in range(count) if dim not in source)
    order = [source[target.index(dim)] if dim in target else next(rest) for dim in range(count)]
    return {"dims": tuple(order)}


def squeeze(a: Arguments, shape: Shape) -> Settings:
    """Return the dimensions that `x.squeeze` drops: those of size 1."""
    dims = [dim % len(shape) for dim in per_axis(a["dim"], 1)] if "dim" in a else range(len(shape))
    return {"dims": tuple(dim for dim in dims if shape[dim] == 1)}


def unsqueeze(a: Arguments, shape: Shape) -> Settings:
    """Return the place of the dimension that `x.unsqueeze` adds."""
    return {"dim": a["dim"] % (len(shape) + 1)}


def view(a: Arguments, _shape: Shape) -> Settings:
    """Return the dimensions that `flatten` merges; for `view` and `reshape` the shapes are enough."""
    return {key: a[key] for key in ("start_dim", "end_dim") if key in a}


def reduction(a: Arguments, shape: Shape) -> Settings | None:
    """Return the dimensions of `mean`, `sum` or `max`; None for the maximum of two tensors."""
    dims = a.get("dim", a.get("axis"))
    if isinstance(dims, Tensor):
        return None
    listed = range(len(shape)) if dims is None or dims == () or dims == [] else per_axis(dims, 1)
    return {
        "dims": tuple(dim % len(shape) for dim in listed),
        "keepdim": bool(a.get("keepdim", False)),
    }


def cat(a: Arguments, shape: Shape) -> Settings:
    """Return the dimension that `torch.cat` joins along."""
    return {"dim": a.get("dim", a.get("axis", 0)) % len(shape)}


def split(a: Arguments, shape: Shape) -> Settings:
    """Return the dimension that `chunk` and `split` cut."""
    return {"dim": (a.get("dim") or 0) % len(shape)}


def getitem(a: Arguments, shape: Shape) -> Settings:
    """Return the places that x[index] keeps, for numbers, slices, None and an ellipsis; `cuts` None for an index by a
    tensor."""
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
        return {"cuts": None, "layout": ()}
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
    return {"cuts": cuts, "layout": tuple(layout)}


def select(a: Arguments, shape: Shape) -> Settings:
    """Return the places that `x.select` keeps: one along a dimension."""
    dim = a["dim"] % len(shape)
    return getitem({"index": (*[slice(None)] * dim, a["index"])}, shape)


def narrow(a: Arguments, shape: Shape) -> Settings:
    """Return the places that `x.narrow` keeps: a stretch along a dimension."""
    dim, start = a["dim"] % len(shape), a["start"]
    return getitem({"index": (*[slice(None)] * dim, slice(start, start + a["length"]))}, shape)


def stack(a: Arguments, shape: Shape) -> Settings:
    """Return the dimension that `torch.stack` adds."""
    return {"dim": a.get("dim", 0) % (len(shape) + 1)}


def unbind(a: Arguments, shape: Shape) -> Settings:
    """Return the dimension that `x.unbind` takes apart."""
    return {"dim": a.get("dim", 0) % len(shape)}


def flip(a: Arguments, shape: Shape) -> Settings:
    """Return the order of places along each flipped dimension."""
    dims = a["dims"]
    dims = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple | list) else dims
    return {"order": {dim % len(shape): list(reversed(range(shape[dim]))) for dim in dims}}


def roll(a: Arguments, shape: Shape) -> Settings | None:
    """Return the order that `x.roll` gives each dimension; None where it rolls the flattened tensor."""
    shifts, dims = per_axis(a["shifts"], 1), a.get("dims")
    if dims is None or dims == ():
        return None
    return {
        "order": {
            dim % len(shape): [(at - shift) % shape[dim] for at in range(shape[dim])]
            for shift, dim in zip(shifts, per_axis(dims, 1), strict=True)
        }
    }
