"""Every function of torch that is known, with its arguments and how it is told as an operation."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cnnviz.trace import function_layout as layout
from cnnviz.trace import function_readers as readers
from cnnviz.trace.function_names import POINTWISE, REDUCTIONS, SAME, VIEWS
from cnnviz.trace.function_readers import FunctionReader
from cnnviz.trace.settings import Described, Shape


def _nothing(name: str) -> FunctionReader:
    return lambda _a, _shape: (name, {})


_CONV = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSE = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
_MAX = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_AVG = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_RESIZE = ("input", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias")
_REDUCE = ("input", "dim", "keepdim")

TABLE: Mapping[str, tuple[tuple[str, ...], FunctionReader]] = MappingProxyType(
    {
        **{name: (("input",), _nothing("pointwise")) for name in POINTWISE},
        **{name: (("input",), _nothing("identity")) for name in SAME},
        **{
            name: (("input", "start_dim", "end_dim") if name == "flatten" else ("input",), layout.view)
            for name in VIEWS
        },
        **{name: (_REDUCE, layout.reduction) for name in REDUCTIONS},
        "norm": (("input", "p", "dim", "keepdim"), layout.reduction),
        **{f"conv{n}d": (_CONV, readers.convolve) for n in (1, 2, 3)},
        **{f"conv_transpose{n}d": (_TRANSPOSE, readers.conv_transpose) for n in (1, 2, 3)},
        **{f"max_pool{n}d": (_MAX, readers.max_pool(n)) for n in (1, 2, 3)},
        **{f"max_pool{n}d_with_indices": (_MAX, readers.max_pool(n)) for n in (1, 2, 3)},
        **{f"avg_pool{n}d": (_AVG, readers.avg_pool(n)) for n in (1, 2, 3)},
        **{
            f"adaptive_{mode}_pool{n}d": (("input", "output_size"), readers.adaptive_pool(n, mode))
            for n in (1, 2, 3)
            for mode in ("avg", "max")
        },
        "linear": (("input", "weight", "bias"), readers.linear),
        "batch_norm": (
            ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps"),
            readers.batch_norm,
        ),
        "instance_norm": (
            ("input", "running_mean", "running_var", "weight", "bias", "use_input_stats", "momentum", "eps"),
            readers.instance_norm,
        ),
        "group_norm": (("input", "num_groups", "weight", "bias", "eps"), _nothing("space_statistics")),
        "layer_norm": (("input", "normalized_shape", "weight", "bias", "eps"), readers.layer_norm),
        "rms_norm": (("input", "normalized_shape", "weight", "eps"), readers.layer_norm),
        "local_response_norm": (("input", "size", "alpha", "beta", "k"), _nothing("local_response_norm")),
        **{name: (("input", "dim"), readers.softmax) for name in ("softmax", "log_softmax", "softmin", "sort")},
        "normalize": (
            ("input", "p", "dim"),
            lambda a, shape: readers.softmax({"dim": a.get("dim", 1)}, shape),
        ),
        "interpolate": (_RESIZE, readers.resize),
        "upsample": (_RESIZE, readers.resize),
        "pad": (("input", "pad", "mode", "value"), readers.pad),
        "constant_pad_nd": (("input", "pad", "value"), readers.pad),
        "permute": (("input", "*dims"), layout.permute),
        **{name: (("input", "dim0", "dim1"), layout.transpose) for name in ("transpose", "swapaxes", "swapdims", "t")},
        "mT": (("input",), layout.swap_last),
        "T": (("input",), layout.reverse),
        "movedim": (("input", "source", "destination"), layout.movedim),
        "moveaxis": (("input", "source", "destination"), layout.movedim),
        "squeeze": (("input", "dim"), layout.squeeze),
        "unsqueeze": (("input", "dim"), layout.unsqueeze),
        "cat": (("tensors", "dim"), layout.cat),
        **{
            name: (("input", "sizes", "dim"), layout.pieces)
            for name in ("chunk", "split", "tensor_split", "split_with_sizes")
        },
        "stack": (
            ("tensors", "dim"),
            lambda a, shape: ("stack", {"dim": a.get("dim", 0) % (len(shape) + 1)}),
        ),
        "unbind": (("input", "dim"), lambda a, shape: ("unbind", {"dim": a.get("dim", 0) % len(shape)})),
        "getitem": (("input", "index"), layout.getitem),
        "select": (("input", "dim", "index"), layout.select),
        "narrow": (("input", "dim", "start", "length"), layout.narrow),
        "flip": (("input", "*dims"), layout.flip),
        "roll": (("input", "shifts", "dims"), layout.roll),
        "pixel_shuffle": (
            ("input", "upscale_factor"),
            lambda a, _shape: ("pixel_shuffle", {"upscale_factor": a["upscale_factor"]}),
        ),
        "pixel_unshuffle": (
            ("input", "downscale_factor"),
            lambda a, _shape: ("pixel_unshuffle", {"downscale_factor": a["downscale_factor"]}),
        ),
        "channel_shuffle": (("input", "groups"), lambda a, _shape: ("channel_shuffle", {"groups": a["groups"]})),
    }
)


def describe(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], shape: Shape) -> Described:
    """The function `name` called so, on a first tensor of `shape`; ("", {}) where it is not known."""
    if name in ("matmul", "mm", "bmm"):
        return readers.matmul(args)
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
