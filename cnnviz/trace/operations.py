"""The table of operations: every kind of layer that the project knows, and what each part of the project needs of it.

The tracer, receptive fields, pixel reach, multiply-adds, arithmetic, explanations and the diagram read this table; the
mathematics stands in the modules that it points to.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import Any

from torch import nn

from cnnviz.trace import arithmetic_lines as lines
from cnnviz.trace import function_settings as function
from cnnviz.trace import layout_fields, macs, window_fields
from cnnviz.trace import layout_settings as layout
from cnnviz.trace import module_settings as module
from cnnviz.trace.explain import reach_rules as reach
from cnnviz.trace.explain.convolution import explain_convolution
from cnnviz.trace.explain.dense import explain_flatten, explain_linear
from cnnviz.trace.explain.joins import explain_add, explain_concatenation, explain_multiply, explain_subtract
from cnnviz.trace.explain.normalization import explain_batch_norm, explain_response_norm
from cnnviz.trace.explain.pointwise import explain_activation, explain_copy, explain_dropout
from cnnviz.trace.explain.pooling import (
    explain_adaptive_average_pool,
    explain_adaptive_max_pool,
    explain_average_pool,
    explain_max_pool,
    explain_mean,
)
from cnnviz.trace.explain.scores import explain_softmax_row
from cnnviz.trace.function_names import ACTIVATIONS, ELEMENTWISE, IDENTITIES, REDUCTIONS, VIEWS
from cnnviz.trace.operation_kind import Arithmetic, Function, FunctionSettings, OperationKind
from cnnviz.trace.window_settings import Settings, Shape

_conv, _pool, _pad = nn.modules.conv, nn.modules.pooling, nn.modules.padding
_BATCH_NORM, _INSTANCE_NORM = nn.modules.batchnorm._BatchNorm, nn.modules.instancenorm._InstanceNorm

_CONVOLUTION = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
_MAX_POOL = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_AVERAGE_POOL = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_BATCH = ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
_INSTANCE = ("input", "running_mean", "running_var", "weight", "bias", "use_input_stats", "momentum", "eps")
_RESIZE = ("input", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias")
_REDUCE = ("input", "dim", "keepdim")


def _functions(
    names: Iterable[str], arguments: Sequence[str] = ("input",), settings: FunctionSettings = function.no_settings
) -> dict[str, Function]:
    return dict.fromkeys(names, Function(tuple(arguments), settings))


def _pools(
    name: str, arguments: Sequence[str], settings: Callable[[int], FunctionSettings], endings: Sequence[str] = ("",)
) -> dict[str, Function]:
    """Return the functions of one, two and three dimensions: `max_pool1d`, `max_pool2d`, …"""
    return {f"{name}{n}d{ending}": Function(tuple(arguments), settings(n)) for n in (1, 2, 3) for ending in endings}


def _activation(name: str, words: str, *classes: type[nn.Module]) -> OperationKind:
    """Return an activation with a formula and a slope in `cnnviz.ops.activation`."""
    return OperationKind(
        name=name, family="activation", symbol=None, words=words,
        modules=dict.fromkeys(classes, module.constants), functions=_functions([name]),
        joins=True, field=layout_fields.pointwise, reach=reach.union, macs=None, arithmetic=None,
        explain=explain_activation,
    )  # fmt: skip


# fmt: off
_KINDS = (
    OperationKind(
        name="convolution", family="conv", symbol=None, words="Conv2d", joins=False,
        modules={_conv._ConvNd: module.convolution},
        functions=_functions(["conv1d", "conv2d", "conv3d"], _CONVOLUTION, function.convolution),
        field=window_fields.convolution, reach=reach.convolution, macs=macs.convolution_macs,
        arithmetic=Arithmetic(
            lines.sliding_window_lines, lines.convolution_mac_lines, lines.window_field_lines
        ),
        explain=explain_convolution,
    ),
    OperationKind(
        name="transposed_convolution", family="conv", symbol=None, words=None, joins=False,
        modules={_conv._ConvTransposeNd: module.transposed_convolution},
        functions=_functions(
            ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"], _TRANSPOSED, function.transposed_convolution
        ),
        field=window_fields.transposed_convolution, reach=None, macs=macs.transposed_convolution_macs,
        arithmetic=Arithmetic(lines.transposed_window_lines, lines.transposed_mac_lines, None),
        explain=None,
    ),
    OperationKind(
        name="linear", family="linear", symbol=None, words="Linear", joins=False,
        modules={nn.Linear: module.linear},
        functions={
            **_functions(["linear"], ("input", "weight", "bias"), function.linear),
            **_functions(["matmul", "mm", "bmm"], ("input", "other"), function.matmul),
        },
        field=layout_fields.linear, reach=reach.linear, macs=macs.linear_macs,
        arithmetic=Arithmetic(None, lines.linear_mac_lines, None), explain=explain_linear,
    ),
    OperationKind(
        name="max_pool", family="pool", symbol=None, words="MaxPool2d", joins=False,
        modules={_pool._MaxPoolNd: module.max_pool},
        functions=_pools("max_pool", _MAX_POOL, function.max_pool, ("", "_with_indices")),
        field=window_fields.pool, reach=reach.pool, macs=None,
        arithmetic=Arithmetic(lines.sliding_window_lines, None, lines.window_field_lines), explain=explain_max_pool,
    ),
    OperationKind(
        name="average_pool", family="pool", symbol=None, words="AvgPool2d", joins=False,
        modules={_pool._AvgPoolNd: module.average_pool},
        functions=_pools("avg_pool", _AVERAGE_POOL, function.average_pool),
        field=window_fields.pool, reach=reach.pool, macs=None,
        arithmetic=Arithmetic(lines.sliding_window_lines, None, lines.window_field_lines), explain=explain_average_pool,
    ),
    OperationKind(
        name="lp_pool", family="pool", symbol=None, words=None, joins=False,
        modules={_pool._LPPoolNd: module.lp_pool}, functions=None,
        field=window_fields.pool, reach=reach.pool, macs=None,
        arithmetic=Arithmetic(lines.sliding_window_lines, None, lines.window_field_lines), explain=None,
    ),
    OperationKind(
        name="adaptive_average_pool", family="pool", symbol=None, words="AdaptiveAvgPool2d", joins=False,
        modules={_pool._AdaptiveAvgPoolNd: module.adaptive_average_pool},
        functions=_pools(
            "adaptive_avg_pool", ("input", "output_size"), lambda count: function.adaptive_pool(count, "avg")
        ),
        field=window_fields.adaptive_pool, reach=reach.adaptive_pool, macs=None,
        arithmetic=Arithmetic(lines.adaptive_pool_lines, None, None), explain=explain_adaptive_average_pool,
    ),
    OperationKind(
        name="adaptive_max_pool", family="pool", symbol=None, words=None, joins=False,
        modules={_pool._AdaptiveMaxPoolNd: module.adaptive_max_pool},
        functions=_pools(
            "adaptive_max_pool", ("input", "output_size"), lambda count: function.adaptive_pool(count, "max")
        ),
        field=window_fields.adaptive_pool, reach=reach.adaptive_pool, macs=None,
        arithmetic=Arithmetic(lines.adaptive_pool_lines, None, None), explain=explain_adaptive_max_pool,
    ),
    OperationKind(
        name="fractional_max_pool", family="pool", symbol=None, words=None, joins=False,
        modules=dict.fromkeys((nn.FractionalMaxPool2d, nn.FractionalMaxPool3d), module.attributes()), functions=None,
        field=None, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="batch_norm", family="norm", symbol=None, words="BatchNorm2d", joins=False,
        modules=dict.fromkeys((_BATCH_NORM, _INSTANCE_NORM), module.batch_norm),
        functions={
            **_functions(["batch_norm"], _BATCH, function.batch_norm(stored=True)),
            **_functions(["instance_norm"], _INSTANCE, function.instance_norm(stored=True)),
        },
        field=layout_fields.pointwise, reach=reach.unchanged, macs=None, arithmetic=None, explain=explain_batch_norm,
    ),
    OperationKind(  # with the statistics of what it reads
        name="instance_norm", family="norm", symbol=None, words=None, joins=False,
        modules=dict.fromkeys((_BATCH_NORM, _INSTANCE_NORM), module.instance_norm),
        functions={
            **_functions(["batch_norm"], _BATCH, function.batch_norm(stored=False)),
            **_functions(["instance_norm"], _INSTANCE, function.instance_norm(stored=False)),
        },
        field=layout_fields.space_statistics, reach=None, macs=None, arithmetic=None, explain=explain_batch_norm,
    ),
    OperationKind(
        name="group_norm", family="norm", symbol=None, words=None, joins=False,
        modules={nn.GroupNorm: module.attributes("num_groups", "num_channels", "eps", "affine")},
        functions=_functions(["group_norm"], ("input", "num_groups", "weight", "bias", "eps")),
        field=layout_fields.space_statistics, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="layer_norm", family="norm", symbol=None, words=None, joins=False,
        modules=dict.fromkeys((nn.LayerNorm, nn.RMSNorm), module.layer_norm),
        functions={
            **_functions(["layer_norm"], ("input", "normalized_shape", "weight", "bias", "eps"), function.layer_norm),
            **_functions(["rms_norm"], ("input", "normalized_shape", "weight", "eps"), function.layer_norm),
        },
        field=layout_fields.mixing, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="local_response_norm", family="norm", symbol=None, words="LocalResponseNorm", joins=False,
        modules={nn.LocalResponseNorm: module.attributes("size", "alpha", "beta", "k")},
        functions=_functions(["local_response_norm"], ("input", "size", "alpha", "beta", "k")),
        field=layout_fields.across_channels, reach=reach.response_norm, macs=None, arithmetic=None,
        explain=explain_response_norm,
    ),
    OperationKind(
        name="normalize", family="other", symbol=None, words=None, joins=False,
        modules=None, functions=_functions(["normalize"], ("input", "p", "dim"), function.normalize),
        field=layout_fields.mixing, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    _activation("relu", "ReLU", nn.ReLU),
    _activation("relu6", "ReLU6", nn.ReLU6),
    _activation("sigmoid", "Sigmoid", nn.Sigmoid),
    _activation("tanh", "Tanh", nn.Tanh),
    _activation("hardswish", "Hardswish", nn.Hardswish),
    _activation("hardsigmoid", "Hardsigmoid", nn.Hardsigmoid),
    OperationKind(
        name="activation", family="activation", symbol=None, words=None, joins=True,
        modules=dict.fromkeys(
            (
                nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.ELU, nn.CELU, nn.SELU, nn.GELU, nn.SiLU, nn.Mish, nn.LogSigmoid,
                nn.Hardtanh, nn.Hardshrink, nn.Softshrink, nn.Tanhshrink, nn.Softplus, nn.Softsign, nn.Threshold,
            ),
            module.constants,
        ),
        functions=_functions(ACTIVATIONS),
        field=layout_fields.pointwise, reach=reach.union, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="softmax", family="activation", symbol=None, words="Softmax", joins=False,
        modules=dict.fromkeys((nn.Softmax, nn.Softmax2d), module.softmax),
        functions=_functions(["softmax"], ("input", "dim"), function.softmax),
        field=layout_fields.mixing, reach=None, macs=None, arithmetic=None, explain=explain_softmax_row,
    ),
    OperationKind(
        name="log_softmax", family="activation", symbol=None, words=None, joins=False,
        modules=dict.fromkeys((nn.LogSoftmax, nn.Softmin), module.softmax),
        functions=_functions(["log_softmax", "softmin"], ("input", "dim"), function.softmax),
        field=layout_fields.mixing, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="dropout", family="dropout", symbol=None, words="Dropout", joins=False,
        modules={nn.modules.dropout._DropoutNd: module.attributes("p")},
        functions=_functions(
            ["dropout", "dropout1d", "dropout2d", "dropout3d", "feature_dropout"], ("input", "p"), function.named("p")
        ),
        field=layout_fields.pointwise, reach=reach.unchanged, macs=None, arithmetic=None, explain=explain_dropout,
    ),
    OperationKind(
        name="alpha_dropout", family="dropout", symbol=None, words=None, joins=False,
        modules=dict.fromkeys((nn.AlphaDropout, nn.FeatureAlphaDropout), module.attributes("p")),
        functions=_functions(["alpha_dropout", "feature_alpha_dropout"], ("input", "p"), function.named("p")),
        field=layout_fields.pointwise, reach=reach.unchanged, macs=None, arithmetic=None, explain=explain_copy,
    ),
    OperationKind(
        name="identity", family="other", symbol=None, words="Identity", joins=False,
        modules=dict.fromkeys((nn.Identity, nn.Sequential), module.attributes()), functions=_functions(IDENTITIES),
        field=layout_fields.pointwise, reach=reach.unchanged, macs=None, arithmetic=None, explain=explain_copy,
    ),
    OperationKind(
        name="add", family="join", symbol="+", words="add", joins=True, modules=None, functions=_functions(["add"]),
        field=layout_fields.pointwise, reach=reach.union, macs=None,
        arithmetic=Arithmetic(lines.addition_lines, None, None), explain=explain_add,
    ),
    OperationKind(
        name="subtract", family="join", symbol="−", words=None, joins=True, modules=None, functions=_functions(["sub"]),
        field=layout_fields.pointwise, reach=reach.union, macs=None,
        arithmetic=Arithmetic(lines.addition_lines, None, None), explain=explain_subtract,
    ),
    OperationKind(
        name="multiply", family="join", symbol="×", words="mul", joins=True,
        modules=None, functions=_functions(["mul"]),
        field=layout_fields.pointwise, reach=reach.union, macs=None,
        arithmetic=Arithmetic(lines.multiplication_lines, None, None), explain=explain_multiply,
    ),
    OperationKind(
        name="cat", family="join", symbol="∥", words="cat", joins=True,
        modules=None, functions=_functions(["cat"], ("tensors", "dim"), layout.cat),
        field=layout_fields.concatenation, reach=reach.concatenation, macs=None,
        arithmetic=Arithmetic(lines.concatenation_lines, None, None), explain=explain_concatenation,
    ),
    OperationKind(
        name="stack", family="other", symbol=None, words=None, joins=True,
        modules=None, functions=_functions(["stack"], ("tensors", "dim"), layout.stack),
        field=layout_fields.stack, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="elementwise", family="other", symbol=None, words=None, joins=True, modules=None,
        functions={
            **_functions(ELEMENTWISE), **_functions(["max", "min"], ("input", "dim"), function.of_two_tensors),
        },
        field=layout_fields.pointwise, reach=reach.union, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="view", family="reshape", symbol=None, words=None, joins=False,
        modules={nn.Flatten: module.attributes("start_dim", "end_dim"), nn.Unflatten: module.constants},
        functions={
            **_functions(VIEWS), **_functions(["flatten"], ("input", "start_dim", "end_dim"), layout.view),
        },
        field=layout_fields.view, reach=reach.view, macs=None,
        arithmetic=Arithmetic(lines.flatten_lines, None, None), explain=explain_flatten,
    ),
    OperationKind(
        name="squeeze", family="reshape", symbol=None, words=None, joins=False,
        modules=None, functions=_functions(["squeeze"], ("input", "dim"), layout.squeeze),
        field=layout_fields.squeeze, reach=None, macs=None, arithmetic=None, explain=explain_flatten,
    ),
    OperationKind(
        name="unsqueeze", family="reshape", symbol=None, words=None, joins=False,
        modules=None, functions=_functions(["unsqueeze"], ("input", "dim"), layout.unsqueeze),
        field=layout_fields.unsqueeze, reach=None, macs=None, arithmetic=None, explain=explain_flatten,
    ),
    OperationKind(
        name="permute", family="other", symbol=None, words=None, joins=False, modules=None,
        functions={
            **_functions(["permute"], ("input", "*dims"), layout.permute),
            **_functions(["transpose", "swapaxes", "swapdims", "t"], ("input", "dim0", "dim1"), layout.transpose),
            **_functions(["mT"], settings=layout.swap_last), **_functions(["T"], settings=layout.reverse),
            **_functions(["movedim", "moveaxis"], ("input", "source", "destination"), layout.movedim),
        },
        field=layout_fields.permute, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="split", family="other", symbol=None, words=None, joins=False, modules=None,
        functions=_functions(
            ["chunk", "split", "tensor_split", "split_with_sizes"], ("input", "sizes", "dim"), layout.split
        ),
        field=layout_fields.pieces, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="unbind", family="other", symbol=None, words=None, joins=False,
        modules=None, functions=_functions(["unbind"], ("input", "dim"), layout.unbind),
        field=layout_fields.unbind, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="index", family="other", symbol=None, words=None, joins=False, modules=None,
        functions={
            **_functions(["getitem"], ("input", "index"), layout.getitem),
            **_functions(["select"], ("input", "dim", "index"), layout.select),
            **_functions(["narrow"], ("input", "dim", "start", "length"), layout.narrow),
        },
        field=layout_fields.taken, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="reorder", family="other", symbol=None, words=None, joins=False, modules=None,
        functions={
            **_functions(["flip"], ("input", "*dims"), layout.flip),
            **_functions(["roll"], ("input", "shifts", "dims"), layout.roll),
        },
        field=layout_fields.reorder, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="sort", family="other", symbol=None, words=None, joins=False,
        modules=None, functions=_functions(["sort"], ("input", "dim"), function.softmax),
        field=layout_fields.mixing, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="mean", family="other", symbol=None, words="mean", joins=False,
        modules=None, functions=_functions(["mean"], _REDUCE, layout.reduction),
        field=layout_fields.reduction, reach=reach.mean, macs=None, arithmetic=None, explain=explain_mean,
    ),
    OperationKind(
        name="reduction", family="other", symbol=None, words=None, joins=False, modules=None,
        functions={
            **_functions(REDUCTIONS, _REDUCE, layout.reduction),
            **_functions(["norm"], ("input", "p", "dim", "keepdim"), layout.reduction),
        },
        field=layout_fields.reduction, reach=reach.mean, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="pad", family="other", symbol=None, words=None, joins=False,
        modules={
            _pad._ConstantPadNd: module.padding("constant"), _pad._ReflectionPadNd: module.padding("reflect"),
            _pad._ReplicationPadNd: module.padding("replicate"), _pad._CircularPadNd: module.padding("circular"),
        },
        functions={
            **_functions(["pad"], ("input", "pad", "mode", "value"), function.padding),
            **_functions(["constant_pad_nd"], ("input", "pad", "value"), function.padding),
        },
        field=window_fields.padding, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="resize", family="other", symbol=None, words=None, joins=False,
        modules={nn.Upsample: module.resize},
        functions=_functions(["interpolate", "upsample"], _RESIZE, function.resize),
        field=window_fields.resize, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="pixel_shuffle", family="other", symbol=None, words=None, joins=False,
        modules={nn.PixelShuffle: module.attributes("upscale_factor")},
        functions=_functions(["pixel_shuffle"], ("input", "upscale_factor"), function.named("upscale_factor")),
        field=window_fields.pixel_shuffle, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="pixel_unshuffle", family="other", symbol=None, words=None, joins=False,
        modules={nn.PixelUnshuffle: module.attributes("downscale_factor")},
        functions=_functions(["pixel_unshuffle"], ("input", "downscale_factor"), function.named("downscale_factor")),
        field=window_fields.pixel_unshuffle, reach=None, macs=None, arithmetic=None, explain=None,
    ),
    OperationKind(
        name="channel_shuffle", family="other", symbol=None, words=None, joins=False,
        modules={nn.ChannelShuffle: module.attributes("groups")},
        functions=_functions(["channel_shuffle"], ("input", "groups"), function.named("groups")),
        field=layout_fields.across_channels, reach=None, macs=None, arithmetic=None, explain=None,
    ),
)
# fmt: on

OPERATIONS: Mapping[str, OperationKind] = MappingProxyType({kind.name: kind for kind in _KINDS})
"""By name, which a record holds as its `operation`."""


def _claims(column: Callable[[OperationKind], Mapping[Any, Any] | None]) -> Mapping[Any, tuple[tuple[str, Any], ...]]:
    """Return the kinds that name a class or a function, in the order of the table."""
    found: dict[Any, tuple[tuple[str, Any], ...]] = {}
    for kind in OPERATIONS.values():
        for key, value in (column(kind) or {}).items():
            found[key] = (*found.get(key, ()), (kind.name, value))
    return MappingProxyType(found)


_MODULES = _claims(lambda kind: kind.modules)
_FUNCTIONS = _claims(lambda kind: kind.functions)
_JOINING_FUNCTIONS = frozenset(name for kind in OPERATIONS.values() if kind.joins for name in kind.functions or ())


@cache
def _claims_of_class(cls: Any) -> tuple[tuple[str, Any], ...]:
    return next((_MODULES[parent] for parent in cls.__mro__ if parent in _MODULES), ())


def knows_class(cls: Any) -> bool:
    """Return whether the table has a module class or one of its parents."""
    return bool(_claims_of_class(cls))


def knows_function(name: str) -> bool:
    """Return whether the table has a function of torch."""
    return name in _FUNCTIONS


def module_operation(layer: nn.Module, shape: Shape) -> tuple[str, Settings]:
    """Return the operation of a module that reads `shape`, batch included, with its settings; ("", {}) if unknown."""
    cls: Any = type(layer)
    for name, settings in _claims_of_class(cls):
        found = settings(layer, shape)
        if found is not None:
            return name, found
    return "", {}


def function_operation(
    function_name: str, args: Sequence[Any], kwargs: Mapping[str, Any], shape: Shape
) -> tuple[str, Settings]:
    """Return the operation of a call of a function whose first tensor has `shape`, with its settings; ("", {}) if
    unknown."""
    for name, form in _FUNCTIONS.get(function_name, ()):
        bound: dict[str, Any] = dict(kwargs)
        for index, key in enumerate(form.arguments):
            if key.startswith("*"):
                bound.setdefault(key[1:], tuple(args[index:]))
            elif index < len(args):
                bound[key] = args[index]
        found = form.settings(bound, shape)
        if found is not None:
            return name, found
    return "", {}


def joins(operation: str) -> bool:
    """Return whether an operation may read several activations."""
    return operation in OPERATIONS and OPERATIONS[operation].joins


def function_joins(function_name: str) -> bool:
    """Return whether a function of torch may read several activations."""
    return function_name in _JOINING_FUNCTIONS


def family(operation: str) -> str:
    """Return the family whose colour and letter an operation has: a key of `FAMILIES`."""
    return OPERATIONS[operation].family if operation in OPERATIONS else "other"


def is_elementwise(operation: str) -> bool:
    """Return whether an operation makes each number from those in its place alone, by one formula for all."""
    kind = OPERATIONS.get(operation)
    return kind is not None and kind.field is layout_fields.pointwise and kind.family != "norm"
