"""The functions that compute, told as the layer of torch.nn that does the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from cnnviz.trace.settings import Described, Shape, adaptive, convolution, pool, spread_out

Arguments = Mapping[str, Any]
"""Arguments by torch's names, tensors included."""
FunctionReader = Callable[[Arguments, Shape], Described]


def convolve(a: Arguments, _shape: Shape) -> Described:
    """`F.conv2d` and its kin."""
    weight, groups = a["weight"].shape, a.get("groups", 1)
    return "conv", convolution(
        tuple(weight[2:]),
        a.get("stride", 1),
        a.get("padding", 0),
        a.get("dilation", 1),
        groups,
        (weight[1] * groups, weight[0]),
        bias=a.get("bias") is not None,
    )


def conv_transpose(a: Arguments, _shape: Shape) -> Described:
    """`F.conv_transpose2d` and its kin."""
    weight, groups = a["weight"].shape, a.get("groups", 1)
    settings = convolution(
        tuple(weight[2:]),
        a.get("stride", 1),
        a.get("padding", 0),
        a.get("dilation", 1),
        groups,
        (weight[0], weight[1] * groups),
        bias=a.get("bias") is not None,
    )
    settings["output_padding"] = spread_out(a.get("output_padding", 0), len(settings["kernel_size"]))
    return "conv_transpose", settings


def linear(a: Arguments, _shape: Shape) -> Described:
    """`F.linear`."""
    out_features, in_features = a["weight"].shape if a["weight"].dim() == 2 else (1, a["weight"].shape[0])
    return "linear", {
        "in_features": in_features,
        "out_features": out_features,
        "bias": a.get("bias") is not None,
    }


def max_pool(count: int) -> FunctionReader:
    """Max pooling over `count` axes."""
    return lambda a, _shape: (
        "pool",
        pool(
            count,
            a["kernel_size"],
            a.get("stride"),
            a.get("padding", 0),
            mode="max",
            dilation=spread_out(a.get("dilation", 1), count),
            ceil_mode=a.get("ceil_mode", False),
        ),
    )


def avg_pool(count: int) -> FunctionReader:
    """Average pooling over `count` axes."""
    return lambda a, _shape: (
        "pool",
        pool(
            count,
            a["kernel_size"],
            a.get("stride"),
            a.get("padding", 0),
            mode="avg",
            ceil_mode=a.get("ceil_mode", False),
            count_include_pad=a.get("count_include_pad", True),
            divisor_override=a.get("divisor_override"),
        ),
    )


def adaptive_pool(count: int, mode: str) -> FunctionReader:
    """Adaptive pooling over `count` axes."""
    return lambda a, shape: ("adaptive_pool", {**adaptive(count, a["output_size"], shape), "mode": mode})


def batch_norm(a: Arguments, _shape: Shape) -> Described:
    """`F.batch_norm`: with moving averages, or with the statistics of what it reads."""
    return (
        "space_statistics" if a.get("training") or a.get("running_mean") is None else "batch_norm",
        {"eps": a.get("eps", 1e-5)},
    )


def instance_norm(a: Arguments, _shape: Shape) -> Described:
    """`F.instance_norm`."""
    own = a.get("use_input_stats", True) or a.get("running_mean") is None
    return "space_statistics" if own else "batch_norm", {"eps": a.get("eps", 1e-5)}


def layer_norm(a: Arguments, shape: Shape) -> Described:
    """`F.layer_norm`: over the last dimensions."""
    normalized = tuple(a["normalized_shape"])
    return "mixing", {
        "normalized_shape": normalized,
        "eps": a.get("eps") or 1e-5,
        "dims": tuple(range(len(shape) - len(normalized), len(shape))),
    }


def softmax(a: Arguments, shape: Shape) -> Described:
    """Whatever mixes all places along one dimension."""
    dim = a.get("dim")
    if dim is None:
        dim = 0 if len(shape) in (0, 1, 3) else 1
    return "mixing", {"dim": dim, "dims": (dim % len(shape),)}


def resize(a: Arguments, _shape: Shape) -> Described:
    """`F.interpolate`."""
    keys = ("size", "scale_factor", "align_corners", "recompute_scale_factor", "antialias")
    return "resize", {"mode": a.get("mode", "nearest"), **{key: a.get(key) for key in keys}}


def pad(a: Arguments, _shape: Shape) -> Described:
    """`F.pad`."""
    return "pad", {"pad": tuple(a["pad"]), "mode": a.get("mode", "constant"), "value": a.get("value") or 0}


def matmul(args: Sequence[Any]) -> Described:
    """A product with weights is a linear layer: x @ w sums along x's last dimension."""
    if len(args) != 2 or not isinstance(args[0], Tensor) or not isinstance(args[1], Tensor) or args[1].dim() != 2:
        return "", {}
    rows, columns = args[1].shape
    return "linear", {"in_features": rows, "out_features": columns, "bias": False}
