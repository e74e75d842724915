"""Shapes that functions of layout give, and of dense layers, norms and joins; dimension 0 counts the images."""

from collections.abc import Sequence
from itertools import zip_longest
from math import prod
from typing import Any

from cnnviz.definitions.record import Shape
from cnnviz.definitions.shape_clash import ShapeClash, product, times
from cnnviz.definitions.window_shapes import NOT_DIVIDED, Settings, check_channels, check_groups, image_map


def place_of(dim: int, shape: Shape, *, more: int = 0) -> int:
    """Return the position in `shape` of a dimension that counts the images as 0.

    Raises:
        ShapeClash: `clash_dim` for one that is not there, `clash_batch` for that of the images.
    """
    rank = len(shape) + 1 + more
    if not -rank <= dim < rank:
        raise ShapeClash("clash_dim", f"{dim} ∉ {-rank}…{rank - 1}", dim=dim, got=times(shape))
    if dim % rank == 0:
        raise ShapeClash("clash_batch", f"{dim} → 0")
    return dim % rank - 1


def same(_s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that is read."""
    return shapes[0]


def linear(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (…, out_features)."""
    *before, features = shapes[0]
    if features != s["in_features"]:
        raise ShapeClash("clash_features", f"{features} ≠ {s['in_features']}", expected=s["in_features"], got=features)
    return *before, s["out_features"]


def linear_macs(s: Settings, _shapes: Sequence[Shape], out: Shape) -> int:
    """Return out·in."""
    return prod(out) * int(s["in_features"])


def product_macs(_s: Settings, shapes: Sequence[Shape], out: Shape) -> int:
    """Return out·(the length that is summed)."""
    return prod(out) * shapes[0][-1]


def batch_norm(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that is read, where its channels are those of the norm."""
    if s.get("dims", 2) == 1:
        if len(shapes[0]) not in (1, 2):
            image_map(shapes[0], 1)
    else:
        image_map(shapes[0])
    check_channels(s["num_features"], shapes[0][0])
    return shapes[0]


def instance_norm(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that is read."""
    image_map(shapes[0])
    if s["affine"] or s["track_running_stats"]:
        check_channels(s["num_features"], shapes[0][0])
    return shapes[0]


def group_norm(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that is read, where the groups divide its channels."""
    check_groups(s["num_groups"], s["num_channels"])
    check_channels(s["num_channels"], shapes[0][0])
    return shapes[0]


def layer_norm(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that is read, where it ends as the norm's."""
    wanted = s["normalized_shape"] if isinstance(s["normalized_shape"], tuple) else (s["normalized_shape"],)
    if shapes[0][-len(wanted) :] != wanted:
        raise ShapeClash("clash_norm", f"{times(shapes[0][-len(wanted) :])} ≠ {times(wanted)}")
    return shapes[0]


def prelu(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that is read, where it has a channel for each slope."""
    if s["num_parameters"] != 1:
        check_channels(s["num_parameters"], shapes[0][0])
    return shapes[0]


def maps_only(_s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of a map."""
    return image_map(shapes[0])


def paired(_s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of two tensors taken number by number, those of length 1 repeated.

    Raises:
        ShapeClash: `clash_join`.
    """
    if len(shapes) == 1:
        return shapes[0]
    left, right = shapes
    if len(left) != len(right):  # the images would meet channels
        raise ShapeClash("clash_join", f"{times(left)} ≠ {times(right)}")
    sizes = []
    for one, other in zip_longest(left, right, fillvalue=1):
        if one != other and 1 not in (one, other):
            raise ShapeClash("clash_join", f"{times(left)} ≠ {times(right)}")
        sizes.append(other if one == 1 else one)
    return tuple(sizes)


def expanded_as(_s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of the second tensor, which the first is repeated to."""
    if paired(_s, shapes) != shapes[1]:
        raise ShapeClash("clash_join", f"{times(shapes[0])} ≠ {times(shapes[1])}")
    return shapes[1]


def matmul(_s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (…, n, p) of (…, n, m) and (…, m, p)."""
    left, right = shapes
    if len(left) != len(right) or len(left) < 2 or left[:-2] != right[:-2] or left[-1] != right[-2]:
        raise ShapeClash("clash_join", f"{times(left)} @ {times(right)}")
    return *left[:-1], right[-1]


def concatenated(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of tensors side by side.

    Raises:
        ShapeClash: `clash_cat`.
    """
    place = place_of(s["dim"], shapes[0])
    rest = {(*shape[:place], *shape[place + 1 :]) for shape in shapes}
    if len(rest) > 1 or len({len(shape) for shape in shapes}) > 1:
        raise ShapeClash("clash_cat", " ∥ ".join(map(times, shapes)))
    total = sum(shape[place] for shape in shapes)
    return *shapes[0][:place], total, *shapes[0][place + 1 :]


def stacked(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of tensors one behind the other, along a new dimension."""
    place = place_of(s["dim"], shapes[0], more=1)
    if len(set(shapes)) > 1:
        raise ShapeClash("clash_cat", " ∥ ".join(map(times, shapes)))
    return *shapes[0][:place], len(shapes), *shapes[0][place:]


def flattened(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape with some dimensions as one."""
    shape = shapes[0]
    if s["start_dim"] % (len(shape) + 1) == 0 and not shape:
        return shape
    first, last = place_of(s["start_dim"], shape), place_of(s["end_dim"], shape)
    if first > last:
        raise ShapeClash("clash_dim", f"{first + 1} > {last + 1}", dim=s["start_dim"], got=times(shape))
    return *shape[:first], prod(shape[first : last + 1]), *shape[last + 1 :]


def unflattened(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape with one dimension as several."""
    place = place_of(s["dim"], shapes[0])
    return (
        *shapes[0][:place],
        *_viewed(shapes[0][place : place + 1], s["unflattened_size"]),
        *shapes[0][place + 1 :],
    )


def viewed(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the sizes of a view; −1 at the front stands for the images, which then must come out even."""
    first, *sizes = s["sizes"]
    if first == "n":
        return _viewed(shapes[0], sizes)
    if first == -1:
        return _viewed(shapes[0], sizes)
    raise ShapeClash("clash_batch", f"{first} ≠ N", dim=0)


def _viewed(shape: Shape, sizes: Sequence[int]) -> Shape:
    total, known = prod(shape), prod(size for size in sizes if size != -1)
    if -1 in sizes:
        if known < 1 or total % known:
            arithmetic = NOT_DIVIDED.format(total, known, *divmod(total, known)) if known else f"{total} / 0"
            raise ShapeClash("clash_view", arithmetic)
        return tuple(total // known if size == -1 else size for size in sizes)
    if known != total:
        raise ShapeClash("clash_view", f"{product(shape)} ≠ {product(sizes)}")
    return tuple(sizes)


def permuted(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape in another order of dimensions."""
    shape, dims = shapes[0], s["dims"]
    rank = len(shape) + 1
    if sorted(dim % rank for dim in dims) != list(range(rank)):
        raise ShapeClash("clash_dim", f"{times(dims)} ↔ {times(range(rank))}", dim=dims[0], got=times(shape))
    if dims[0] % rank != 0:
        raise ShapeClash("clash_batch", f"{dims[0]} → 0")
    return tuple(shape[dim % rank - 1] for dim in dims[1:])


def transposed(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape with two dimensions exchanged."""
    sizes = list(shapes[0])
    one, other = place_of(s["dim0"], shapes[0]), place_of(s["dim1"], shapes[0])
    sizes[one], sizes[other] = sizes[other], sizes[one]
    return tuple(sizes)


def squeezed(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape without dimensions of length 1: all of them, or the one that is named."""
    if s["dim"] is None:
        return tuple(size for size in shapes[0] if size != 1)
    place = place_of(s["dim"], shapes[0])
    return shapes[0] if shapes[0][place] != 1 else (*shapes[0][:place], *shapes[0][place + 1 :])


def unsqueezed(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape with a dimension of length 1 more."""
    place = place_of(s["dim"], shapes[0], more=1)
    return *shapes[0][:place], 1, *shapes[0][place:]


def reduced(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape that a mean, a sum or a maximum over some dimensions leaves."""
    dims = s["dim"] if isinstance(s["dim"], tuple) else (s["dim"],)
    places = {place_of(dim, shapes[0]) for dim in dims}
    kept = [(place, size) for place, size in enumerate(shapes[0])]
    return tuple(1 if place in places else size for place, size in kept if s["keepdim"] or place not in places)


def piece(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return one piece of a tensor cut into pieces along a dimension."""
    sizes = piece_sizes(s, shapes[0])
    place = place_of(s["dim"], shapes[0])
    if s["index"] >= len(sizes):
        raise ShapeClash("clash_index", f"{s['index']} ≥ {len(sizes)}")
    return *shapes[0][:place], sizes[s["index"]], *shapes[0][place + 1 :]


def piece_sizes(s: Settings, shape: Shape) -> tuple[int, ...]:
    """Return the lengths of all pieces: so many chunks, or pieces so long."""
    length = shape[place_of(s["dim"], shape)]
    if "chunks" in s:
        size = -(-length // s["chunks"])
        return tuple(min(size, length - first) for first in range(0, length, size))
    sizes = s["sizes"]
    if isinstance(sizes, int):
        return tuple(min(sizes, length - first) for first in range(0, length, sizes))
    if sum(sizes) != length:
        raise ShapeClash("clash_split", f"{' + '.join(map(str, sizes))} = {sum(sizes)} ≠ {length}")
    return tuple(sizes)


def indexed(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return what an index takes from a tensor; it begins with all images."""
    parts: list[Any] = list(s["index"])
    real_parts = sum(part is not None and part != "..." for part in parts)
    rank = len(shapes[0]) + 1
    if real_parts > rank:
        raise ShapeClash("clash_index", f"{real_parts} > {rank}")
    filling: list[Any] = [(None, None, None)] * (rank - real_parts)
    at = parts.index("...") if "..." in parts else len(parts)
    parts[at : at + 1] = filling
    if parts[0] != (None, None, None):
        raise ShapeClash("clash_batch", "[0] ≠ [:]")
    out, place = [], 0
    for part in parts[1:]:
        if part is None:
            out.append(1)
            continue
        size = shapes[0][place]
        place += 1
        if isinstance(part, tuple):
            out.append(len(range(size)[slice(*part)]))
        elif not -size <= part < size:
            raise ShapeClash("clash_index", f"{part} ∉ {-size}…{size - 1}")
    if 0 in out:
        raise ShapeClash("clash_empty", f"{times(shapes[0])} → {times(out)}")
    return tuple(out)
