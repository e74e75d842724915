"""The layers that a definition may name: torch's classes with their settings, shapes and counts."""

from functools import partial
from math import prod
from typing import Any

from torch import nn

from cnnviz.definitions import layout_shapes as layout
from cnnviz.definitions import window_shapes as window
from cnnviz.definitions.operation_record import Count, DefinedOperation, ShapeRule
from cnnviz.definitions.setting_kinds import (
    Check,
    SettingRule,
    either,
    flag,
    fraction,
    optional,
    output_size,
    per_axis,
    real,
    view_sizes,
    whole,
    wholes,
    word,
)
from cnnviz.zoo.batch_norm import MeanBatchNorm1d, MeanBatchNorm2d, VarianceBatchNorm1d, VarianceBatchNorm2d

_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
_OPEN = optional(whole(1))
"""A number of channels or features; None for that of the input."""
_AXIS = per_axis(1)
_DIM = whole(-16, 16)


def _rules(*rows: tuple[Any, ...]) -> tuple[SettingRule, ...]:
    return tuple(SettingRule(*row) for row in rows)


def _layer(
    name: str,
    shape: ShapeRule,
    *rows: tuple[Any, ...],
    make: Any = None,
    reads: str = "",
    gives: str = "",
    count: Count | None = None,
    macs: Any = None,
) -> DefinedOperation:
    return DefinedOperation(
        name, _rules(*rows), shape, make or vars(nn)[name], reads=reads, gives=gives, count=count, macs=macs
    )


def _of_dims(rule: Any, dims: int) -> Any:
    """Return a rule for layers over so many axes."""

    def ruled(settings: Any, *args: Any) -> Any:
        return rule({**settings, "dims": dims}, *args)

    return ruled


def _convolution_count(s: Any, dims: int = 2) -> int:
    kernel = prod(window.axes(s["kernel_size"], dims))
    return int(s["out_channels"] * (s["in_channels"] // s["groups"] * kernel + s["bias"]))


def _transposed_count(s: Any) -> int:
    kernel = prod(window.axes(s["kernel_size"]))
    return int(s["in_channels"] * (s["out_channels"] // s["groups"]) * kernel + s["out_channels"] * s["bias"])


def _linear_count(s: Any) -> int:
    return int(s["out_features"] * (s["in_features"] + s["bias"]))


def _norm_count(s: Any) -> int:
    return int(s["num_features"] * s.get("affine", True) * (1 + s.get("bias", True)))


def _group_norm_count(s: Any) -> int:
    return int(s["num_channels"] * s["affine"] * (1 + s["bias"]))


def _layer_norm_count(s: Any) -> int:
    shape = s["normalized_shape"] if isinstance(s["normalized_shape"], tuple) else (s["normalized_shape"],)
    return int(prod(shape) * s["elementwise_affine"] * (1 + s["bias"]))


def _prelu_count(s: Any) -> int:
    return int(s["num_parameters"])


def _convolution(name: str, dims: int, axis: Check, padding: Check) -> DefinedOperation:
    return _layer(
        name, _of_dims(window.convolution, dims),
        ("in_channels", _OPEN, None), ("out_channels", whole(1)), ("kernel_size", axis), ("stride", axis, 1),
        ("padding", padding, 0), ("dilation", axis, 1), ("groups", whole(1), 1), ("bias", flag, True),
        ("padding_mode", word(*_PADDING_MODES), "zeros"),
        reads="in_channels", gives="out_channels", count=partial(_convolution_count, dims=dims),
        macs=_of_dims(window.convolution_macs, dims),
    )  # fmt: skip


def _batch_norm(name: str, dims: int, make: Any = None, *, plain: bool = True) -> DefinedOperation:
    rows: list[tuple[Any, ...]] = [("num_features", _OPEN, None)]
    if plain:
        rows += [
            ("eps", real, 1e-5), ("momentum", optional(real), 0.1), ("affine", flag, True),
            ("track_running_stats", flag, True), ("bias", flag, True),
        ]  # fmt: skip
    return _layer(
        name, _of_dims(layout.batch_norm, dims), *rows, make=make,
        reads="num_features", gives="num_features", count=_norm_count,
    )  # fmt: skip


def _pool(name: str, *rows: tuple[Any, ...]) -> DefinedOperation:
    return _layer(name, window.pool, ("kernel_size", _AXIS), ("stride", optional(_AXIS), None), *rows)


def _pad(name: str, mode: str, *rows: tuple[Any, ...]) -> DefinedOperation:
    sides = either(whole(0, 10_000), wholes(0, 10_000, 4))

    def shape(settings: Any, shapes: Any) -> Any:
        return window.padded({**settings, "mode": mode}, shapes)

    return _layer(name, shape, ("padding", sides), *rows)


def _pointwise(name: str, *rows: tuple[Any, ...]) -> DefinedOperation:
    return _layer(name, layout.same, *rows)


_TOP, _CEIL = ("padding", per_axis(0), 0), ("ceil_mode", flag, False)
# fmt: off
LAYERS = (
    _convolution("Conv2d", 2, _AXIS, per_axis(0, ("same", "valid"))),
    _convolution("Conv1d", 1, whole(1, 100_000), either(whole(0, 100_000), word("same", "valid"))),
    _layer(
        "ConvTranspose2d", window.transposed_convolution,
        ("in_channels", _OPEN, None), ("out_channels", whole(1)), ("kernel_size", _AXIS), ("stride", _AXIS, 1),
        ("padding", per_axis(0), 0), ("output_padding", per_axis(0), 0), ("groups", whole(1), 1), ("bias", flag, True),
        ("dilation", _AXIS, 1),
        reads="in_channels", gives="out_channels", count=_transposed_count, macs=window.transposed_macs,
    ),
    _layer(
        "Linear", layout.linear, ("in_features", _OPEN, None), ("out_features", whole(1)), ("bias", flag, True),
        reads="in_features", gives="out_features", count=_linear_count, macs=layout.linear_macs,
    ),
    _pool("MaxPool2d", _TOP, ("dilation", _AXIS, 1), ("return_indices", word(), False), _CEIL),
    _pool(
        "AvgPool2d", _TOP, _CEIL, ("count_include_pad", flag, True), ("divisor_override", optional(whole(1)), None),
    ),
    _layer(
        "LPPool2d", window.pool,
        ("norm_type", real), ("kernel_size", _AXIS), ("stride", optional(_AXIS), None), _CEIL,
    ),
    _layer("AdaptiveAvgPool2d", window.adaptive_pool, ("output_size", output_size)),
    _layer("AdaptiveMaxPool2d", window.adaptive_pool, ("output_size", output_size), ("return_indices", word(), False)),
    _batch_norm("BatchNorm2d", 2),
    _batch_norm("BatchNorm1d", 1),
    _batch_norm("MeanBatchNorm2d", 2, MeanBatchNorm2d, plain=False),
    _batch_norm("MeanBatchNorm1d", 1, MeanBatchNorm1d, plain=False),
    _batch_norm("VarianceBatchNorm2d", 2, VarianceBatchNorm2d, plain=False),
    _batch_norm("VarianceBatchNorm1d", 1, VarianceBatchNorm1d, plain=False),
    _layer(
        "InstanceNorm2d", layout.instance_norm,
        ("num_features", _OPEN, None), ("eps", real, 1e-5), ("momentum", real, 0.1), ("affine", flag, False),
        ("track_running_stats", flag, False), ("bias", flag, True),
        reads="num_features", gives="num_features", count=_norm_count,
    ),
    _layer(
        "GroupNorm", layout.group_norm,
        ("num_groups", whole(1)), ("num_channels", _OPEN, None), ("eps", real, 1e-5), ("affine", flag, True),
        ("bias", flag, True), reads="num_channels", gives="num_channels", count=_group_norm_count,
    ),
    _layer(
        "LayerNorm", layout.layer_norm,
        ("normalized_shape", either(whole(1), wholes(1))), ("eps", real, 1e-5), ("elementwise_affine", flag, True),
        ("bias", flag, True), count=_layer_norm_count,
    ),
    _layer(
        "LocalResponseNorm", layout.same,
        ("size", whole(1)), ("alpha", real, 1e-4), ("beta", real, 0.75), ("k", real, 1.0),
    ),
    *(_pointwise(name) for name in (
        "ReLU", "ReLU6", "Sigmoid", "Tanh", "Hardswish", "Hardsigmoid", "SELU", "SiLU", "Mish", "LogSigmoid",
        "Tanhshrink", "Softsign", "Identity",
    )),
    _pointwise("LeakyReLU", ("negative_slope", real, 0.01)),
    _pointwise("ELU", ("alpha", real, 1.0)),
    _pointwise("CELU", ("alpha", real, 1.0)),
    _pointwise("GELU", ("approximate", word("none", "tanh"), "none")),
    _pointwise("Hardtanh", ("min_val", real, -1.0), ("max_val", real, 1.0)),
    _pointwise("Hardshrink", ("lambd", real, 0.5)),
    _pointwise("Softshrink", ("lambd", real, 0.5)),
    _pointwise("Softplus", ("beta", real, 1.0), ("threshold", real, 20.0)),
    _pointwise("Threshold", ("threshold", real), ("value", real)),
    _pointwise("RReLU", ("lower", real, 1 / 8), ("upper", real, 1 / 3)),
    _layer("PReLU", layout.prelu, ("num_parameters", whole(1), 1), ("init", real, 0.25), count=_prelu_count),
    _pointwise("Softmax", ("dim", _DIM)),
    _pointwise("LogSoftmax", ("dim", _DIM)),
    _layer("Softmax2d", layout.maps_only),
    *(_pointwise(name, ("p", fraction, 0.5)) for name in ("Dropout", "Dropout2d", "AlphaDropout")),
    _layer("Flatten", layout.flattened, ("start_dim", _DIM, 1), ("end_dim", _DIM, -1)),
    _layer("Unflatten", layout.unflattened, ("dim", _DIM), ("unflattened_size", view_sizes)),
    _pad("ZeroPad2d", "constant"),
    _pad("ReflectionPad2d", "reflect"),
    _pad("ReplicationPad2d", "replicate"),
    _pad("CircularPad2d", "circular"),
    _pad("ConstantPad2d", "constant", ("value", real)),
    _layer(
        "Upsample", window.resized,
        ("size", optional(_AXIS), None), ("scale_factor", optional(either(real, wholes(1, 1000, 2))), None),
        ("mode", word("nearest", "bilinear", "bicubic", "area", "nearest-exact"), "nearest"),
        ("align_corners", optional(flag), None),
    ),
    _layer("PixelShuffle", window.pixel_shuffle, ("upscale_factor", whole(1, 1000))),
    _layer("ChannelShuffle", window.shuffled, ("groups", whole(1))),
)
# fmt: on
