"""Shapes that windows give: convolutions, pools, padding, resizing."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from cnnviz.definitions.record import Shape
from cnnviz.definitions.shape_clash import ShapeClash, times

Settings = Mapping[str, Any]
"""Every setting of a node, defaults included."""
NOT_DIVIDED = "{0} = {1}·{2} + {3}"


def axes(value: Any, count: int = 2) -> tuple[Any, ...]:
    """Return a setting with one number for each axis."""
    return tuple(value) if isinstance(value, tuple) else (value,) * count


def image_map(shape: Shape, rank: int = 3) -> Shape:
    """Return `shape` if it has `rank` dimensions.

    Raises:
        ShapeClash: `clash_rank`.
    """
    if len(shape) != rank:
        raise ShapeClash("clash_rank", f"{len(shape)} ≠ {rank}", expected=rank, got=times(shape))
    return shape


def check_channels(expected: int, got: int) -> None:
    """Raise where a layer reads another number of channels than there are.

    Raises:
        ShapeClash: `clash_channels`.
    """
    if expected != got:
        raise ShapeClash("clash_channels", f"{got} ≠ {expected}", expected=expected, got=got)


def check_groups(groups: int, *channels: int) -> None:
    """Raise where groups do not divide channels.

    Raises:
        ShapeClash: `clash_groups`.
    """
    for count in channels:
        if count % groups:
            arithmetic = NOT_DIVIDED.format(count, groups, count // groups, count % groups)
            raise ShapeClash("clash_groups", arithmetic, groups=groups, channels=count)


def slid(length: int, window: int, stride: int, padded: int, ceil_mode: bool = False, before: int = 0) -> int:
    """Return the units of one axis: ⌊(length + padded − window) / stride⌋ + 1.

    Raises:
        ShapeClash: `clash_window` where the window is larger than the axis.
    """
    free = length + padded - window
    if free < 0 or length < 1:
        arithmetic = f"{length} + {padded} = {length + padded} < {window}" if padded else f"{length} < {window}"
        raise ShapeClash("clash_window", arithmetic, window=window, length=length)
    units = (free + (stride - 1 if ceil_mode else 0)) // stride + 1
    return units - 1 if ceil_mode and (units - 1) * stride >= length + before else units


def convolution(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (out_channels, …) of a convolution over two axes, or over one where the settings say `dims`."""
    dims = s.get("dims", 2)
    channels, *sizes = image_map(shapes[0], dims + 1)
    check_groups(s["groups"], s["in_channels"], s["out_channels"])
    check_channels(s["in_channels"], channels)
    kernel, stride, dilation = (axes(s[name], dims) for name in ("kernel_size", "stride", "dilation"))
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    if s["padding"] == "same":
        if any(step != 1 for step in stride):
            raise ShapeClash("clash_same", f"{times(stride)} ≠ 1")
        return s["out_channels"], *sizes
    padding = axes(0 if s["padding"] == "valid" else s["padding"], dims)
    if s["padding_mode"] in ("reflect", "circular"):
        check_mirror(padding, sizes, s["padding_mode"])
    outs = [slid(n, r, t, 2 * p) for n, r, t, p in zip(sizes, reach, stride, padding, strict=True)]
    return s["out_channels"], *outs


def check_mirror(padding: Sequence[int], sizes: Sequence[int], mode: str) -> None:
    """Raise where a mirror would have to show more than there is.

    Raises:
        ShapeClash: `clash_mirror`.
    """
    for more, size in zip(padding, sizes, strict=True):
        if more > size or (mode == "reflect" and more == size):
            raise ShapeClash("clash_mirror", f"{more} ≥ {size}" if mode == "reflect" else f"{more} > {size}")


def transposed_convolution(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (out_channels, …): (n − 1)·stride − 2·padding + dilation·(k − 1) + output_padding + 1 an axis."""
    channels, *sizes = image_map(shapes[0])
    check_groups(s["groups"], s["in_channels"], s["out_channels"])
    check_channels(s["in_channels"], channels)
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    outs = []
    for n, (k, t, p, d, more) in zip(sizes, zip(*(axes(s[name]) for name in names), strict=True), strict=True):
        if more >= max(t, d):
            raise ShapeClash("clash_output_padding", f"{more} ≥ {max(t, d)}")
        outs.append((n - 1) * t - 2 * p + d * (k - 1) + more + 1)
        if outs[-1] < 1:
            raise ShapeClash("clash_window", f"{outs[-1]} < 1", window=2 * p, length=n)
    return s["out_channels"], *outs


def pool(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (C, …) of a pool over two axes."""
    channels, *sizes = image_map(shapes[0])
    kernel = axes(s["kernel_size"])
    stride = kernel if s["stride"] is None else axes(s["stride"])
    padding, dilation = axes(s.get("padding", 0)), axes(s.get("dilation", 1))
    outs = []
    for n, k, t, p, d in zip(sizes, kernel, stride, padding, dilation, strict=True):
        if 2 * p > k:
            raise ShapeClash("clash_pool_padding", f"{p} > {k} / 2")
        outs.append(slid(n, d * (k - 1) + 1, t, 2 * p, s.get("ceil_mode", False), p))
    return channels, *outs


def adaptive_pool(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (C, …) with the size that was asked for."""
    channels, *sizes = image_map(shapes[0])
    asked = axes(s["output_size"])
    return channels, *(n if wanted is None else wanted for wanted, n in zip(asked, sizes, strict=True))


def padded(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the map with pixels added: `padding` is one number, or (left, right, top, bottom)."""
    channels, *sizes = image_map(shapes[0])
    sides = s["padding"] if isinstance(s["padding"], tuple) else (s["padding"],) * 4
    return _extended(channels, sizes, sides, s.get("mode", "constant"))


def padded_by_function(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return what `F.pad` gives: pairs of numbers, the last dimension's first."""
    pairs = s["pad"]
    if len(pairs) % 2 or len(pairs) > 2 * len(shapes[0]):
        raise ShapeClash("clash_pad", f"{len(pairs)} > {2 * len(shapes[0])}")
    sizes = list(shapes[0])
    for place in range(len(pairs) // 2):
        before, after = pairs[2 * place], pairs[2 * place + 1]
        sizes[-1 - place] += before + after
        if s["mode"] != "constant":
            check_mirror((max(before, after),), (shapes[0][-1 - place],), s["mode"])
    if min(sizes) < 1:
        raise ShapeClash("clash_empty", f"{times(shapes[0])} → {times(sizes)}")
    return tuple(sizes)


def _extended(channels: int, sizes: Sequence[int], sides: Sequence[int], mode: str) -> Shape:
    left, right, top, bottom = sides
    if mode in ("reflect", "circular"):
        check_mirror((max(top, bottom), max(left, right)), sizes, mode)
    return channels, sizes[0] + top + bottom, sizes[1] + left + right


def resized(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the map at another size, or so many times as large."""
    channels, *sizes = image_map(shapes[0])
    if (s["size"] is None) == (s["scale_factor"] is None):
        raise ShapeClash("clash_resize", "size ↔ scale_factor")
    if s["size"] is not None:
        return channels, *axes(s["size"])
    outs = [int(n * factor) for n, factor in zip(sizes, axes(s["scale_factor"]), strict=True)]
    if min(outs) < 1:
        raise ShapeClash("clash_empty", f"{times(sizes)} → {times(outs)}")
    return channels, *outs


def pixel_shuffle(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return (C / r², H·r, W·r)."""
    channels, height, width = image_map(shapes[0])
    factor = s["upscale_factor"]
    check_groups(factor**2, channels)
    return channels // factor**2, height * factor, width * factor


def shuffled(s: Settings, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of a channel shuffle."""
    check_groups(s["groups"], image_map(shapes[0])[0])
    return shapes[0]


# ---- multiply-adds for one image, from the settings, the shapes read and the shape given


def convolution_macs(s: Settings, _shapes: Sequence[Shape], out: Shape) -> int:
    """Return out·(in / groups)·kernel."""
    dims = s.get("dims", 2)
    return prod(out) * (s["in_channels"] // s["groups"]) * prod(axes(s["kernel_size"], dims))


def transposed_macs(s: Settings, shapes: Sequence[Shape], _out: Shape) -> int:
    """Return in·(out / groups)·kernel."""
    return prod(shapes[0]) * (s["out_channels"] // s["groups"]) * prod(axes(s["kernel_size"]))
