"""The layers of torch.nn, each told as an operation with its settings."""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from torch import nn

from cnnviz.trace.settings import Described, Shape, adaptive, convolution, pool, spread_out

Reader = Callable[[Any, Shape], Described]
"""From a module and the shape it read (batch included; its first tensor) to what it computes."""

SIMPLE = (int, float, str, bool, type(None))
SILENT = frozenset({"inplace", "training", "return_indices", "__constants__", "dtype", "device"})


def _dims(module: nn.Module) -> int:
    digits = [int(part) for part in type_name(module) if part.isdigit()]
    return digits[-1] if digits else 2


def type_name(module: nn.Module) -> str:
    """The name of the nearest class of torch.nn."""
    return next(cls.__name__ for cls in type(module).__mro__ if cls.__module__.startswith("torch.nn"))


def _conv(m: Any, _shape: Shape) -> Described:
    return "conv", convolution(
        m.kernel_size,
        m.stride,
        m.padding,
        m.dilation,
        m.groups,
        (m.in_channels, m.out_channels),
        padding_mode=m.padding_mode,
        bias=m.bias is not None,
    )


def _conv_transpose(m: Any, _shape: Shape) -> Described:
    return "conv_transpose", convolution(
        m.kernel_size,
        m.stride,
        m.padding,
        m.dilation,
        m.groups,
        (m.in_channels, m.out_channels),
        bias=m.bias is not None,
        output_padding=spread_out(m.output_padding, len(m.kernel_size)),
    )


def _max_pool(m: Any, _shape: Shape) -> Described:
    count = _dims(m)
    return "pool", pool(
        count,
        m.kernel_size,
        m.stride,
        m.padding,
        dilation=spread_out(m.dilation, count),
        ceil_mode=m.ceil_mode,
        mode="max",
    )


def _avg_pool(m: Any, _shape: Shape) -> Described:
    return "pool", pool(
        _dims(m),
        m.kernel_size,
        m.stride,
        m.padding,
        ceil_mode=m.ceil_mode,
        mode="avg",
        count_include_pad=m.count_include_pad,
        divisor_override=getattr(m, "divisor_override", None),
    )


def _lp_pool(m: Any, _shape: Shape) -> Described:
    return "pool", pool(_dims(m), m.kernel_size, m.stride, ceil_mode=m.ceil_mode, mode="lp", norm_type=m.norm_type)


def _adaptive(mode: str) -> Reader:
    return lambda m, shape: ("adaptive_pool", {**adaptive(_dims(m), m.output_size, shape), "mode": mode})


def _linear(m: Any, _shape: Shape) -> Described:
    return "linear", {
        "in_features": m.in_features,
        "out_features": m.out_features,
        "bias": m.bias is not None,
    }


def _batch_norm(m: Any, _shape: Shape) -> Described:
    name = "batch_norm" if m.track_running_stats and m.running_mean is not None else "space_statistics"
    return name, {
        "num_features": m.num_features,
        "eps": m.eps,
        "momentum": m.momentum,
        "affine": m.affine,
        "track_running_stats": m.track_running_stats,
    }


def _layer_norm(m: Any, shape: Shape) -> Described:
    count = len(m.normalized_shape)
    return "mixing", {
        "normalized_shape": tuple(m.normalized_shape),
        "eps": m.eps,
        "dims": tuple(range(len(shape) - count, len(shape))),
    }


def _softmax(m: Any, shape: Shape) -> Described:
    dim = -3 if isinstance(m, nn.Softmax2d) else m.dim
    if dim is None:  # torch's rule for a softmax that was told no dimension
        dim = 0 if len(shape) in (0, 1, 3) else 1
    return "mixing", {"dim": dim, "dims": (dim % len(shape),)}


def _upsample(m: Any, _shape: Shape) -> Described:
    return "resize", {
        "size": m.size,
        "scale_factor": m.scale_factor,
        "mode": m.mode,
        "align_corners": m.align_corners,
        "recompute_scale_factor": getattr(m, "recompute_scale_factor", None),
    }


def _pad(mode: str) -> Reader:
    def read(m: Any, _shape: Shape) -> Described:
        return "pad", {"pad": tuple(m.padding), "mode": mode, "value": getattr(m, "value", 0)}

    return read


def generic(name: str) -> Reader:
    """The operation `name` with the plain values the module was made with."""

    def read(m: Any, _shape: Shape) -> Described:
        values = {key: getattr(m, key, None) for key in getattr(m, "__constants__", ()) if key not in SILENT}
        return name, {
            key: value
            for key, value in values.items()
            if isinstance(value, SIMPLE)
            or (isinstance(value, tuple) and all(isinstance(part, SIMPLE) for part in value))
        }

    return read


def _with(name: str, *keys: str) -> Reader:
    return lambda m, _shape: (name, {key: getattr(m, key) for key in keys})


_conv_base, _transpose_base = nn.modules.conv._ConvNd, nn.modules.conv._ConvTransposeNd
_padding = nn.modules.padding
_POINTWISE = (
    nn.ReLU,
    nn.ReLU6,
    nn.LeakyReLU,
    nn.PReLU,
    nn.RReLU,
    nn.ELU,
    nn.CELU,
    nn.SELU,
    nn.GELU,
    nn.SiLU,
    nn.Mish,
    nn.Sigmoid,
    nn.LogSigmoid,
    nn.Hardsigmoid,
    nn.Hardswish,
    nn.Hardtanh,
    nn.Hardshrink,
    nn.Softshrink,
    nn.Tanhshrink,
    nn.Softplus,
    nn.Softsign,
    nn.Tanh,
    nn.Threshold,
)
READERS: Mapping[type[nn.Module], Reader] = MappingProxyType(
    {
        _transpose_base: _conv_transpose,
        _conv_base: _conv,
        nn.Linear: _linear,
        nn.modules.pooling._MaxPoolNd: _max_pool,
        nn.modules.pooling._AvgPoolNd: _avg_pool,
        nn.modules.pooling._LPPoolNd: _lp_pool,
        nn.modules.pooling._AdaptiveAvgPoolNd: _adaptive("avg"),
        nn.modules.pooling._AdaptiveMaxPoolNd: _adaptive("max"),
        nn.modules.instancenorm._InstanceNorm: _batch_norm,
        nn.modules.batchnorm._BatchNorm: _batch_norm,
        nn.GroupNorm: _with("space_statistics", "num_groups", "num_channels", "eps", "affine"),
        nn.LayerNorm: _layer_norm,
        nn.RMSNorm: _layer_norm,
        nn.LocalResponseNorm: _with("local_response_norm", "size", "alpha", "beta", "k"),
        nn.Softmax: _softmax,
        nn.LogSoftmax: _softmax,
        nn.Softmin: _softmax,
        nn.Softmax2d: _softmax,
        nn.Upsample: _upsample,
        nn.PixelShuffle: _with("pixel_shuffle", "upscale_factor"),
        nn.PixelUnshuffle: _with("pixel_unshuffle", "downscale_factor"),
        nn.ChannelShuffle: _with("channel_shuffle", "groups"),
        _padding._ConstantPadNd: _pad("constant"),
        _padding._ReflectionPadNd: _pad("reflect"),
        _padding._ReplicationPadNd: _pad("replicate"),
        _padding._CircularPadNd: _pad("circular"),
        nn.Flatten: _with("view", "start_dim", "end_dim"),
        nn.Unflatten: generic("view"),
        nn.Identity: _with("identity"),
        nn.Sequential: _with("identity"),
        nn.modules.dropout._DropoutNd: _with("identity", "p"),
        **dict.fromkeys(_POINTWISE, generic("pointwise")),
    }
)

SAME_SHAPE = (*_POINTWISE, nn.BatchNorm1d, nn.BatchNorm2d)
"""Layers whose output is as large as their input whatever the input is (batch norm: with its channels)."""


@cache
def reader(kind: Any) -> Reader | None:
    """How to read a module of class `kind`; None for one that this project does not know."""
    return next((READERS[cls] for cls in kind.__mro__ if cls in READERS), None)


@cache
def is_whole(kind: Any) -> bool:
    """Whether torch.nn wrote the forward of `kind`, so that a call of it is one layer and not code to
    be followed."""
    return str(kind.forward.__module__).startswith("torch.nn.")


UNSPLIT = (nn.MultiheadAttention, nn.RNNBase)
"""Layers of torch.nn that hold parts which they never call."""
