"""The functions, methods and operators of torch, each told as the operation that a layer of torch.nn would be."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from torch import Size, Tensor

from cnnviz.trace.modules import Described, Shape, adaptive, convolution, pool, spread_out

Arguments = Mapping[str, Any]
"""Arguments by torch's names, tensors included."""
FunctionReader = Callable[[Arguments, Shape], Described]

_POINTWISE = """
abs acos acosh asin asinh atan atan2 atanh bitwise_and bitwise_not bitwise_or bitwise_xor ceil celu clamp clamp_max
clamp_min clip copysign cos cosh elu eq erf erfc exp exp2 expm1 floor floor_divide fmod frac ge gelu gt hardshrink
hardsigmoid hardswish hardtanh heaviside invert isfinite isinf isnan le leaky_relu lerp log log10 log1p log2 logaddexp
logical_and logical_not logical_or logical_xor logit logsigmoid lt masked_fill maximum minimum mish mul multiply
nan_to_num ne neg negative pos positive pow prelu reciprocal relu relu6 remainder round rrelu rsqrt rsub selu sigmoid
sign silu sin sinh softplus softshrink softsign sqrt square sub subtract tan tanh tanhshrink threshold trunc where
xlogy add addcdiv addcmul div divide true_divide truediv radd rmul rdiv rtruediv rpow and or xor expand expand_as
broadcast_to
""".split()
_SAME = """
alias clone contiguous cpu detach double float half bfloat16 requires_grad to type type_as dropout dropout1d dropout2d
dropout3d alpha_dropout feature_alpha_dropout feature_dropout data positive view_as_real_copy
""".split()
_VIEWS = "flatten view reshape unflatten view_as reshape_as ravel".split()
_REDUCTIONS = "mean sum amax amin prod std var logsumexp norm argmax argmin any all max min median nansum nanmean".split()

CONSTANTS = frozenset("""
zeros_like ones_like empty_like full_like rand_like randn_like randint_like new_zeros new_ones new_empty new_full new_tensor
""".split())
"""Functions that read no more of a tensor than its shape."""
FACTORIES = frozenset("""
arange empty eye full linspace logspace ones rand randint randn randperm range scalar_tensor tensor zeros as_tensor
empty_strided asarray tril_indices triu_indices
""".split())
IN_PLACE = frozenset("__iadd__ __isub__ __imul__ __itruediv__ __idiv__ __ipow__ __iand__ __ior__ __ixor__ __imod__ "
                     "__ifloordiv__ __setitem__".split())
_SPOKEN = {"__setitem__": "setitem", "__getitem__": "getitem", "__truediv__": "div", "__itruediv__": "div",
           "__rtruediv__": "div", "__rdiv__": "div", "__radd__": "add", "__rmul__": "mul", "__rsub__": "sub",
           "__rpow__": "pow", "__idiv__": "div", "__ifloordiv__": "floor_divide", "__rfloordiv__": "floor_divide",
           "__rmatmul__": "matmul", "rsub": "sub", "true_divide": "div", "divide": "div", "multiply": "mul",
           "subtract": "sub", "concat": "cat", "concatenate": "cat", "__imod__": "remainder"}


def spoken(func: Any) -> str:
    """The name of a function as a reader would call it: `Tensor.__iadd__` and `add_` are "add"."""
    name: str = getattr(func, "__name__", type(func).__name__)
    if name == "__get__":
        name = getattr(func.__self__, "__name__", name)
    if name in _SPOKEN:
        return _SPOKEN[name]
    if name in IN_PLACE:
        return name.strip("_")[1:]
    name = name.strip("_") or name
    return _SPOKEN.get(name, name)


def works_in_place(func: Any, kwargs: Mapping[str, Any]) -> bool:
    """Whether a function writes into its first tensor."""
    name: str = getattr(func, "__name__", "")
    return name in IN_PLACE or (name.endswith("_") and not name.endswith("__")) or kwargs.get("inplace") is True


def _conv(a: Arguments, _shape: Shape) -> Described:
    weight, groups = a["weight"].shape, a.get("groups", 1)
    return "conv", convolution(tuple(weight[2:]), a.get("stride", 1), a.get("padding", 0), a.get("dilation", 1), groups,
                               (weight[1] * groups, weight[0]), bias=a.get("bias") is not None)


def _conv_transpose(a: Arguments, _shape: Shape) -> Described:
    weight, groups = a["weight"].shape, a.get("groups", 1)
    settings = convolution(tuple(weight[2:]), a.get("stride", 1), a.get("padding", 0), a.get("dilation", 1), groups,
                           (weight[0], weight[1] * groups), bias=a.get("bias") is not None)
    settings["output_padding"] = spread_out(a.get("output_padding", 0), len(settings["kernel_size"]))
    return "conv_transpose", settings


def _linear(a: Arguments, _shape: Shape) -> Described:
    out_features, in_features = a["weight"].shape if a["weight"].dim() == 2 else (1, a["weight"].shape[0])
    return "linear", {"in_features": in_features, "out_features": out_features, "bias": a.get("bias") is not None}


def _max_pool(count: int) -> FunctionReader:
    return lambda a, _shape: ("pool", pool(
        count, a["kernel_size"], a.get("stride"), a.get("padding", 0), mode="max",
        dilation=spread_out(a.get("dilation", 1), count), ceil_mode=a.get("ceil_mode", False)))


def _avg_pool(count: int) -> FunctionReader:
    return lambda a, _shape: ("pool", pool(
        count, a["kernel_size"], a.get("stride"), a.get("padding", 0), mode="avg", ceil_mode=a.get("ceil_mode", False),
        count_include_pad=a.get("count_include_pad", True), divisor_override=a.get("divisor_override")))


def _adaptive(count: int, mode: str) -> FunctionReader:
    return lambda a, shape: ("adaptive_pool", {**adaptive(count, a["output_size"], shape), "mode": mode})


def _batch_norm(a: Arguments, _shape: Shape) -> Described:
    return ("space_statistics" if a.get("training") or a.get("running_mean") is None else "batch_norm",
            {"eps": a.get("eps", 1e-5)})


def _instance_norm(a: Arguments, _shape: Shape) -> Described:
    own = a.get("use_input_stats", True) or a.get("running_mean") is None
    return "space_statistics" if own else "batch_norm", {"eps": a.get("eps", 1e-5)}


def _layer_norm(a: Arguments, shape: Shape) -> Described:
    normalized = tuple(a["normalized_shape"])
    return "mixing", {"normalized_shape": normalized, "eps": a.get("eps") or 1e-5,
                      "dims": tuple(range(len(shape) - len(normalized), len(shape)))}


def _softmax(a: Arguments, shape: Shape) -> Described:
    dim = a.get("dim")
    if dim is None:
        dim = 0 if len(shape) in (0, 1, 3) else 1
    return "mixing", {"dim": dim, "dims": (dim % len(shape),)}


def _resize(a: Arguments, _shape: Shape) -> Described:
    keys = ("size", "scale_factor", "align_corners", "recompute_scale_factor", "antialias")
    return "resize", {"mode": a.get("mode", "nearest"), **{key: a.get(key) for key in keys}}


def _pad(a: Arguments, _shape: Shape) -> Described:
    return "pad", {"pad": tuple(a["pad"]), "mode": a.get("mode", "constant"), "value": a.get("value") or 0}


def _permute(a: Arguments, shape: Shape) -> Described:
    dims = a["dims"]
    dims = tuple(dims[0]) if len(dims) == 1 and isinstance(dims[0], tuple | list | Size) else tuple(dims)
    return "permute", {"dims": tuple(dim % len(shape) for dim in dims)}


def _transpose(a: Arguments, shape: Shape) -> Described:
    order = list(range(len(shape)))
    first, second = a.get("dim0", a.get("axis0", 0)), a.get("dim1", a.get("axis1", 1))
    order[first], order[second] = order[second], order[first]
    return "permute", {"dims": tuple(order)}


def _swap_last(_a: Arguments, shape: Shape) -> Described:
    return _transpose({"dim0": -2, "dim1": -1}, shape)


def _reversed(_a: Arguments, shape: Shape) -> Described:
    return "permute", {"dims": tuple(reversed(range(len(shape))))}


def _movedim(a: Arguments, shape: Shape) -> Described:
    count = len(shape)
    source = [dim % count for dim in spread_out(a["source"], 1)]
    target = [dim % count for dim in spread_out(a["destination"], 1)]
    rest = iter(dim for dim in range(count) if dim not in source)
    order = [source[target.index(dim)] if dim in target else next(rest) for dim in range(count)]
    return "permute", {"dims": tuple(order)}


def _squeeze(a: Arguments, shape: Shape) -> Described:
    dims = [dim % len(shape) for dim in spread_out(a["dim"], 1)] if "dim" in a else range(len(shape))
    return "squeeze", {"dims": tuple(dim for dim in dims if shape[dim] == 1)}


def _unsqueeze(a: Arguments, shape: Shape) -> Described:
    return "unsqueeze", {"dim": a["dim"] % (len(shape) + 1)}


def _view(a: Arguments, _shape: Shape) -> Described:
    return "view", {key: a[key] for key in ("start_dim", "end_dim") if key in a}


def _reduction(a: Arguments, shape: Shape) -> Described:
    dims = a.get("dim", a.get("axis"))
    if isinstance(dims, Tensor):
        return "pointwise", {}
    listed = range(len(shape)) if dims is None or dims == () or dims == [] else spread_out(dims, 1)
    return "reduction", {"dims": tuple(dim % len(shape) for dim in listed), "keepdim": bool(a.get("keepdim", False))}


def _cat(a: Arguments, shape: Shape) -> Described:
    return "cat", {"dim": a.get("dim", a.get("axis", 0)) % len(shape)}


def _pieces(a: Arguments, shape: Shape) -> Described:
    return "pieces", {"dim": (a.get("dim") or 0) % len(shape)}


def _getitem(a: Arguments, shape: Shape) -> Described:
    index = a["index"]
    parts: Sequence[Any] = index if isinstance(index, tuple) else (index,)
    plain = all(part is None or part is Ellipsis or isinstance(part, slice) or
                (isinstance(part, int) and not isinstance(part, bool)) for part in parts)
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


def _select(a: Arguments, shape: Shape) -> Described:
    dim = a["dim"] % len(shape)
    return _getitem({"index": (*[slice(None)] * dim, a["index"])}, shape)


def _narrow(a: Arguments, shape: Shape) -> Described:
    dim, start = a["dim"] % len(shape), a["start"]
    return _getitem({"index": (*[slice(None)] * dim, slice(start, start + a["length"]))}, shape)


def _flip(a: Arguments, shape: Shape) -> Described:
    dims = a["dims"]
    dims = dims[0] if len(dims) == 1 and isinstance(dims[0], tuple | list) else dims
    return "reorder", {"order": {dim % len(shape): list(reversed(range(shape[dim]))) for dim in dims}}


def _roll(a: Arguments, shape: Shape) -> Described:
    shifts, dims = spread_out(a["shifts"], 1), a.get("dims")
    if dims is None or dims == ():
        return "", {}
    return "reorder", {"order": {dim % len(shape): [(at - shift) % shape[dim] for at in range(shape[dim])]
                                 for shift, dim in zip(shifts, spread_out(dims, 1), strict=True)}}


def _nothing(name: str) -> FunctionReader:
    return lambda _a, _shape: (name, {})


_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSE = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
_MAX = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_AVG = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_RESIZE = ("input", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias")
_REDUCE = ("input", "dim", "keepdim")

TABLE: Mapping[str, tuple[tuple[str, ...], FunctionReader]] = MappingProxyType({
    **{name: (("input",), _nothing("pointwise")) for name in _POINTWISE},
    **{name: (("input",), _nothing("identity")) for name in _SAME},
    **{name: (("input", "start_dim", "end_dim") if name == "flatten" else ("input",), _view) for name in _VIEWS},
    **{name: (_REDUCE, _reduction) for name in _REDUCTIONS},
    "norm": (("input", "p", "dim", "keepdim"), _reduction),
    **{f"conv{n}d": (_CONV, _conv) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": (_TRANSPOSE, _conv_transpose) for n in (1, 2, 3)},
    **{f"max_pool{n}d": (_MAX, _max_pool(n)) for n in (1, 2, 3)},
    **{f"max_pool{n}d_with_indices": (_MAX, _max_pool(n)) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": (_AVG, _avg_pool(n)) for n in (1, 2, 3)},
    **{f"adaptive_{mode}_pool{n}d": (("input", "output_size"), _adaptive(n, mode))
       for n in (1, 2, 3) for mode in ("avg", "max")},
    "linear": (("input", "weight", "bias"), _linear),
    "batch_norm": (("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"), _batch_norm),
    "instance_norm": (("input", "running_mean", "running_var", "weight", "bias", "use_input_stats", "momentum", "eps"),
                      _instance_norm),
    "group_norm": (("input", "num_groups", "weight", "bias", "eps"), _nothing("space_statistics")),
    "layer_norm": (("input", "normalized_shape", "weight", "bias", "eps"), _layer_norm),
    "rms_norm": (("input", "normalized_shape", "weight", "eps"), _layer_norm),
    "local_response_norm": (("input", "size", "alpha", "beta", "k"), _nothing("local_response_norm")),
    **{name: (("input", "dim"), _softmax) for name in ("softmax", "log_softmax", "softmin", "cumsum", "cumprod", "sort",
                                                       "normalize")},
    "normalize": (("input", "p", "dim"), lambda a, shape: _softmax({"dim": a.get("dim", 1)}, shape)),
    "interpolate": (_RESIZE, _resize), "upsample": (_RESIZE, _resize),
    "pad": (("input", "pad", "mode", "value"), _pad), "constant_pad_nd": (("input", "pad", "value"), _pad),
    "permute": (("input", "*dims"), _permute),
    **{name: (("input", "dim0", "dim1"), _transpose) for name in ("transpose", "swapaxes", "swapdims", "t")},
    "mT": (("input",), _swap_last), "T": (("input",), _reversed),
    "movedim": (("input", "source", "destination"), _movedim), "moveaxis": (("input", "source", "destination"), _movedim),
    "squeeze": (("input", "dim"), _squeeze), "unsqueeze": (("input", "dim"), _unsqueeze),
    "cat": (("tensors", "dim"), _cat),
    **{name: (("input", "sizes", "dim"), _pieces) for name in ("chunk", "split", "tensor_split", "split_with_sizes")},
    "stack": (("tensors", "dim"), lambda a, shape: ("stack", {"dim": a.get("dim", 0) % (len(shape) + 1)})),
    "unbind": (("input", "dim"), lambda a, shape: ("unbind", {"dim": a.get("dim", 0) % len(shape)})),
    "getitem": (("input", "index"), _getitem), "select": (("input", "dim", "index"), _select),
    "narrow": (("input", "dim", "start", "length"), _narrow),
    "flip": (("input", "*dims"), _flip), "roll": (("input", "shifts", "dims"), _roll),
    "pixel_shuffle": (("input", "upscale_factor"),
                      lambda a, _shape: ("pixel_shuffle", {"upscale_factor": a["upscale_factor"]})),
    "pixel_unshuffle": (("input", "downscale_factor"),
                        lambda a, _shape: ("pixel_unshuffle", {"downscale_factor": a["downscale_factor"]})),
    "channel_shuffle": (("input", "groups"), lambda a, _shape: ("pointwise", {"groups": a["groups"]})),
})


def describe(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], shape: Shape) -> Described:
    """The function `name` called so, on a first tensor of `shape`; ("", {}) where it is not known."""
    if name in ("matmul", "mm", "bmm"):
        return _matmul(args, shape)
    if name not in TABLE:
        return "", {}
    names, read = TABLE[name]
    bound: dict[str, Any] = dict(kwargs)
    for index, key in enumerate(names):
        if key.startswith("*"):
            bound.setdefault(key[1:], tuple(args[index:]))
        elif index < len(args):
            bound[key] = args[index]
    return read(bound, shape)


def _matmul(args: Sequence[Any], _shape: Shape) -> Described:
    """A product with weights is a linear layer: x @ w sums along x's last dimension."""
    if len(args) != 2 or not isinstance(args[0], Tensor) or not isinstance(args[1], Tensor) or args[1].dim() != 2:
        return "", {}
    rows, columns = args[1].shape
    return "linear", {"in_features": rows, "out_features": columns, "bias": False}
