"""The settings of the layers of torch.nn, named as torch names them, with a window per axis.

Each function takes a module and the shape that it reads, batch included, and returns the settings; None where the
module computes another operation of the table.
"""

from collections.abc import Callable
from typing import Any

from torch import nn

from cnnviz.trace.window_settings import (
    Settings,
    Shape,
    adaptive_pool_settings,
    convolution_settings,
    per_axis,
    pool_settings,
)

PLAIN_TYPES = (int, float, str, bool, type(None))
SKIPPED_SETTINGS = frozenset({"inplace", "training", "return_indices", "__constants__", "dtype", "device"})


def _spatial_dims(module: nn.Module) -> int:
    digits = [int(part) for part in torch_class_name(module) if part.isdigit()]
    return digits[-1] if digits else 2


def torch_class_name(module: nn.Module) -> str:
    """Return the name of the nearest class of torch.nn."""
    return next(cls.__name__ for cls in type(module).__mro__ if cls.__module__.startswith("torch.nn"))


def convolution(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.Conv1d`, `nn.Conv2d` and `nn.Conv3d`."""
    return convolution_settings(
        m.kernel_size,
        m.stride,
        m.padding,
        m.dilation,
        m.groups,
        (m.in_channels, m.out_channels),
        padding_mode=m.padding_mode,
        bias=m.bias is not None,
    )


def transposed_convolution(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.ConvTranspose2d` and its one- and three-dimensional forms."""
    return convolution_settings(
        m.kernel_size,
        m.stride,
        m.padding,
        m.dilation,
        m.groups,
        (m.in_channels, m.out_channels),
        bias=m.bias is not None,
        output_padding=per_axis(m.output_padding, len(m.kernel_size)),
    )


def max_pool(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.MaxPool2d` and its other forms."""
    count = _spatial_dims(m)
    return pool_settings(
        count,
        m.kernel_size,
        m.stride,
        m.padding,
        dilation=per_axis(m.dilation, count),
        ceil_mode=m.ceil_mode,
        mode="max",
    )


def average_pool(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.AvgPool2d` and its other forms."""
    return pool_settings(
        _spatial_dims(m),
        m.kernel_size,
        m.stride,
        m.padding,
        ceil_mode=m.ceil_mode,
        mode="avg",
        count_include_pad=m.count_include_pad,
        divisor_override=getattr(m, "divisor_override", None),
    )


def lp_pool(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.LPPool2d` and its other forms."""
    return pool_settings(
        _spatial_dims(m), m.kernel_size, m.stride, ceil_mode=m.ceil_mode, mode="lp", norm_type=m.norm_type
    )


def adaptive_average_pool(m: Any, shape: Shape) -> Settings:
    """Return the settings of `nn.AdaptiveAvgPool2d` and its other forms."""
    return {**adaptive_pool_settings(_spatial_dims(m), m.output_size, shape), "mode": "avg"}


def adaptive_max_pool(m: Any, shape: Shape) -> Settings:
    """Return the settings of `nn.AdaptiveMaxPool2d` and its other forms."""
    return {**adaptive_pool_settings(_spatial_dims(m), m.output_size, shape), "mode": "max"}


def linear(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.Linear`."""
    return {"in_features": m.in_features, "out_features": m.out_features, "bias": m.bias is not None}


def batch_norm(m: Any, _shape: Shape) -> Settings | None:
    """Return the settings of a normalization with stored statistics; None where it takes those of its input."""
    stored = m.track_running_stats and m.running_mean is not None
    return _norm_settings(m) if stored else None


def instance_norm(m: Any, _shape: Shape) -> Settings | None:
    """Return the settings of a normalization with the statistics of its input; None where they are stored."""
    stored = m.track_running_stats and m.running_mean is not None
    return None if stored else _norm_settings(m)


def _norm_settings(m: Any) -> Settings:
    return {
        "num_features": m.num_features,
        "eps": m.eps,
        "momentum": m.momentum,
        "affine": m.affine,
        "track_running_stats": m.track_running_stats,
    }


def layer_norm(m: Any, shape: Shape) -> Settings:
    """Return the settings of `nn.LayerNorm` and `nn.RMSNorm`; `dims` are those that are normalized together."""
    count = len(m.normalized_shape)
    return {
        "normalized_shape": tuple(m.normalized_shape),
        "eps": m.eps,
        "dims": tuple(range(len(shape) - count, len(shape))),
    }


def softmax(m: Any, shape: Shape) -> Settings:
    """Return the settings of `nn.Softmax` and its kin, by torch's rule for one that was told no dimension."""
    dim = -3 if isinstance(m, nn.Softmax2d) else m.dim
    if dim is None:
        dim = 0 if len(shape) in (0, 1, 3) else 1
    return {"dim": dim, "dims": (dim % len(shape),)}


def resize(m: Any, _shape: Shape) -> Settings:
    """Return the settings of `nn.Upsample`."""
    return {
        "size": m.size,
        "scale_factor": m.scale_factor,
        "mode": m.mode,
        "align_corners": m.align_corners,
        "recompute_scale_factor": getattr(m, "recompute_scale_factor", None),
    }


def padding(mode: str) -> Callable[[Any, Shape], Settings]:
    """Return a reader of a padding layer of `mode`."""

    def read(m: Any, _shape: Shape) -> Settings:
        return {"pad": tuple(m.padding), "mode": mode, "value": getattr(m, "value", 0)}

    return read


def constants(m: Any, _shape: Shape) -> Settings:
    """Return the plain values that a module was made with, as its `__constants__` lists them."""
    values = {key: getattr(m, key, None) for key in getattr(m, "__constants__", ()) if key not in SKIPPED_SETTINGS}
    return {
        key: value
        for key, value in values.items()
        if isinstance(value, PLAIN_TYPES)
        or (isinstance(value, tuple) and all(isinstance(part, PLAIN_TYPES) for part in value))
    }


def attributes(*keys: str) -> Callable[[Any, Shape], Settings]:
    """Return a reader of the attributes `keys`."""
    return lambda m, _shape: {key: getattr(m, key) for key in keys}


def has_torch_forward(cls: Any) -> bool:
    """Return whether torch.nn wrote the forward pass of a class: a call of it is one layer, not code to be followed."""
    return str(cls.forward.__module__).startswith("torch.nn.")
