"""The settings of the functions of torch that compute, as those of the layer of torch.nn that does the same.

Each function takes the arguments by name and the shape of the first tensor, batch included, and returns the settings;
None where the call is another operation of the table, or not one of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from cnnviz.trace.window_settings import (
    Settings,
    Shape,
    adaptive_pool_settings,
    convolution_settings,
    per_axis,
    pool_settings,
)

Arguments = Mapping[str, Any]
"""Arguments by torch's names, tensors included."""


def no_settings(_a: Arguments, _shape: Shape) -> Settings:
    """Return no settings: the shapes say it all."""
    return {}


def named(*keys: str) -> Callable[[Arguments, Shape], Settings]:
    """Return a reader of the arguments `keys`, as far as they are given."""
    return lambda a, _shape: {key: a[key] for key in keys if key in a}


def convolution(a: Arguments, _shape: Shape) -> Settings:
    """Return the settings of `F.conv2d` and its kin."""
    weight, groups = a["weight"].shape, a.get("groups", 1)
    return convolution_settings(
        tuple(weight[2:]),
        a.get("stride", 1),
        a.get("padding", 0),
        a.get("dilation", 1),
        groups,
        (weight[1] * groups, weight[0]),
        bias=a.get("bias") is not None,
    )


def transposed_convolution(a: Arguments, _shape: Shape) -> Settings:
    """Return the settings of `F.conv_transpose2d` and its kin."""
    weight, groups = a["weight"].shape, a.get("groups", 1)
    settings = convolution_settings(
        tuple(weight[2:]),
        a.get("stride", 1),
        a.get("padding", 0),
        a.get("dilation", 1),
        groups,
        (weight[0], weight[1] * groups),
        bias=a.get("bias") is not None,
    )
    settings["output_padding"] = per_axis(a.get("output_padding", 0), len(settings["kernel_size"]))
    return settings


def linear(a: Arguments, _shape: Shape) -> Settings:
    """Return the settings of `F.linear`."""
    out_features, in_features = a["weight"].shape if a["weight"].dim() == 2 else (1, a["weight"].shape[0])
    return {
        "in_features": in_features,
        "out_features": out_features,
        "bias": a.get("bias") is not None,
    }


def matmul(a: Arguments, _shape: Shape) -> Settings | None:
    """Return the settings of x @ w with weights of two dimensions, which is a linear layer; None for other products."""
    left, right = a.get("input"), a.get("other")
    if not isinstance(left, Tensor) or not isinstance(right, Tensor) or right.dim() != 2:
        return None
    rows, columns = right.shape
    return {"in_features": rows, "out_features": columns, "bias": False}


def max_pool(count: int) -> Callable[[Arguments, Shape], Settings]:
    """Return a reader of max pooling over `count` axes."""
    return lambda a, _shape: pool_settings(
        count,
        a["kernel_size"],
        a.get("stride"),
        a.get("padding", 0),
        mode="max",
        dilation=per_axis(a.get("dilation", 1), count),
        ceil_mode=a.get("ceil_mode", False),
    )


def average_pool(count: int) -> Callable[[Arguments, Shape], Settings]:
    """Return a reader of average pooling over `count` axes."""
    return lambda a, _shape: pool_settings(
        count,
        a["kernel_size"],
        a.get("stride"),
        a.get("padding", 0),
        mode="avg",
        ceil_mode=a.get("ceil_mode", False),
        count_include_pad=a.get("count_include_pad", True),
        divisor_override=a.get("divisor_override"),
    )


def adaptive_pool(count: int, mode: str) -> Callable[[Arguments, Shape], Settings]:
    """Return a reader of adaptive pooling over `count` axes."""
    return lambda a, shape: {**adaptive_pool_settings(count, a["output_size"], shape), "mode": mode}


def batch_norm(stored: bool) -> Callable[[Arguments, Shape], Settings | None]:
    """Return a reader of `F.batch_norm` with `stored` statistics, or with those of its input."""
    return lambda a, _shape: _norm_settings(a, not a.get("training") and a.get("running_mean") is not None, stored)


def instance_norm(stored: bool) -> Callable[[Arguments, Shape], Settings | None]:
    """Return a reader of `F.instance_norm` with `stored` statistics, or with those of its input."""
    return lambda a, _shape: _norm_settings(
        a, not a.get("use_input_stats", True) and a.get("running_mean") is not None, stored
    )


def _norm_settings(a: Arguments, has_stored: bool, stored: bool) -> Settings | None:
    return {"eps": a.get("eps", 1e-5)} if has_stored == stored else None


def layer_norm(a: Arguments, shape: Shape) -> Settings:
    """Return the settings of `F.layer_norm`; `dims` are those that are normalized together."""
    normalized = tuple(a["normalized_shape"])
    return {
        "normalized_shape": normalized,
        "eps": a.get("eps") or 1e-5,
        "dims": tuple(range(len(shape) - len(normalized), len(shape))),
    }


def softmax(a: Arguments, shape: Shape) -> Settings:
    """Return the settings of a function that mixes all places along one dimension."""
    dim = a.get("dim")
    if dim is None:
        dim = 0 if len(shape) in (0, 1, 3) else 1
    return {"dim": dim, "dims": (dim % len(shape),)}


def normalize(a: Arguments, shape: Shape) -> Settings:
    """Return the settings of `F.normalize`."""
    return softmax({"dim": a.get("dim", 1)}, shape)


def resize(a: Arguments, _shape: Shape) -> Settings:
    """Return the settings of `F.interpolate`."""
    keys = ("size", "scale_factor", "align_corners", "recompute_scale_factor", "antialias")
    return {"mode": a.get("mode", "nearest"), **{key: a.get(key) for key in keys}}


def padding(a: Arguments, _shape: Shape) -> Settings:
    """Return the settings of `F.pad`."""
    return {"pad": tuple(a["pad"]), "mode": a.get("mode", "constant"), "value": a.get("value") or 0}


def of_two_tensors(a: Arguments, _shape: Shape) -> Settings | None:
    """Return no settings for `torch.max(x, y)`; None for a maximum along a dimension."""
    return {} if isinstance(a.get("dim"), Tensor) else None
