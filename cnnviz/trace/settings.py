"""What torch takes as numbers, tuples and words, told one way: a window per axis."""

from collections.abc import Mapping
from typing import Any

Shape = tuple[int, ...]


Described = tuple[str, Mapping[str, Any]]
"""(name of the operation, its settings)."""


def spread_out(value: Any, count: int) -> tuple[Any, ...]:
    """`value` once per spatial dimension: 3 -> (3, 3)."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * count


def same_padding(kernel: Shape, dilation: Shape) -> tuple[Shape, Shape]:
    """Padding "same", before and after: the odd place goes behind."""
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple(total // 2 for total in totals), tuple(total - total // 2 for total in totals)


def convolution(
    kernel: Shape,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    channels: tuple[int, int],
    **more: Any,
) -> dict[str, Any]:
    """The settings of a convolution from what torch takes: numbers, tuples, "same", "valid"."""
    count = len(kernel)
    stride, dilation = spread_out(stride, count), spread_out(dilation, count)
    settings = {
        "in_channels": channels[0],
        "out_channels": channels[1],
        "kernel_size": tuple(kernel),
        "stride": stride,
        "padding": spread_out(0 if padding == "valid" else padding, count),
        "dilation": dilation,
        "groups": groups,
        **more,
    }
    if padding == "same":
        settings["padding"], end = same_padding(kernel, dilation)
        if end != settings["padding"]:
            settings["padding_end"] = end
    return settings


def pool(count: int, kernel: Any, stride: Any, padding: Any = 0, **more: Any) -> dict[str, Any]:
    """The settings of a pooling window; its stride is its size where none is given."""
    stride = kernel if stride is None or stride == () or stride == [] else stride
    return {
        "kernel_size": spread_out(kernel, count),
        "stride": spread_out(stride, count),
        "padding": spread_out(padding, count),
        **more,
    }


def adaptive(count: int, size: Any, shape: Shape) -> dict[str, Any]:
    """The settings of an adaptive pooling: None keeps the size."""
    sizes = spread_out(size, count)
    return {
        "output_size": tuple(have if want is None else want for want, have in zip(sizes, shape[-count:], strict=True))
    }
