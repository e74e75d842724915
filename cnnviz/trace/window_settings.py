"""Settings of windows, one number per axis, from what torch takes: numbers, tuples and words."""

from collections.abc import Mapping
from typing import Any

Shape = tuple[int, ...]
Settings = Mapping[str, Any]
"""What decides an operation's arithmetic, by torch's names."""


def per_axis(value: Any, count: int) -> tuple[Any, ...]:
    """Return `value` once per spatial dimension: 3 -> (3, 3)."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * count


def same_padding(kernel: Shape, dilation: Shape) -> tuple[Shape, Shape]:
    """Return the padding "same", before and after: the odd place goes behind."""
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return tuple(total // 2 for total in totals), tuple(total - total // 2 for total in totals)


def convolution_settings(
    kernel: Shape,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
    channels: tuple[int, int],
    **more: Any,
) -> dict[str, Any]:
    """Return the settings of a convolution from what torch takes: numbers, tuples, "same", "valid"."""
    count = len(kernel)
    stride, dilation = per_axis(stride, count), per_axis(dilation, count)
    settings = {
        "in_channels": channels[0],
        "out_channels": channels[1],
        "kernel_size": tuple(kernel),
        "stride": stride,
        "padding": per_axis(0 if padding == "valid" else padding, count),
        "dilation": dilation,
        "groups": groups,
        **more,
    }
    if padding == "same":
        settings["padding"], end = same_padding(kernel, dilation)
        if end != settings["padding"]:
            settings["padding_end"] = end
    return settings


def pool_settings(count: int, kernel: Any, stride: Any, padding: Any = 0, **more: Any) -> dict[str, Any]:
    """Return the settings of a pooling window; its stride is its size where none is given."""
    stride = kernel if stride is None or stride == () or stride == [] else stride
    return {
        "kernel_size": per_axis(kernel, count),
        "stride": per_axis(stride, count),
        "padding": per_axis(padding, count),
        **more,
    }


def adaptive_pool_settings(count: int, size: Any, shape: Shape) -> dict[str, Any]:
    """Return the settings of an adaptive pooling: None keeps the size."""
    sizes = per_axis(size, count)
    return {
        "output_size": tuple(have if want is None else want for want, have in zip(sizes, shape[-count:], strict=True))
    }
