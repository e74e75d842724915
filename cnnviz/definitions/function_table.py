"""The functions that a definition may name: torch's own, each called from here with settings that were checked."""

import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnviz.definitions import layout_shapes as layout
from cnnviz.definitions import window_shapes as window
from cnnviz.definitions.operation_record import DefinedOperation, Function, ShapeRule
from cnnviz.definitions.setting_kinds import (
    SettingRule,
    either,
    flag,
    fraction,
    index_parts,
    optional,
    output_size,
    per_axis,
    real,
    view_sizes,
    whole,
    wholes,
    word,
)

_DIM = whole(-16, 16)
_DIMS = either(_DIM, wholes(-16, 16, 8))
_AXIS = per_axis(1)
_MODES = ("nearest", "bilinear", "bicubic", "area", "nearest-exact")
FOLLOWS_MODE = "training"
"""The setting of a dropout: True for always, None for in training alone."""


def _function(
    name: str, shape: ShapeRule, run: Function, *rows: tuple[Any, ...], few: int = 1, most: int = 1, macs: Any = None
) -> DefinedOperation:
    rules = tuple(SettingRule(*row) for row in rows)
    return DefinedOperation(name, rules, shape, function=run, few_inputs=few, most_inputs=most, macs=macs)


def _plain(name: str, run: Callable[..., Tensor], *rows: tuple[Any, ...], shape: ShapeRule = layout.same) -> Any:
    """Return a function of one tensor that takes its settings by their names."""

    def called(settings: dict[str, Any], x: Tensor) -> Tensor:
        return run(x, **settings)

    return _function(name, shape, called, *rows)


def _arithmetic(name: str, run: Callable[[Any, Any], Tensor]) -> DefinedOperation:
    """Return an operator of two tensors, or of one and a number, which stands first where `swapped`."""

    def called(settings: dict[str, Any], x: Tensor, y: Tensor | None = None) -> Tensor:
        if y is not None:
            return run(x, y)
        number = settings["other"]
        return run(number, x) if settings["swapped"] else run(x, number)

    return _function(
        name, layout.paired, called, ("other", optional(real), None), ("swapped", flag, False), few=1, most=2
    )


def _one(name: str, run: Callable[[Tensor], Tensor]) -> DefinedOperation:
    return _function(name, layout.same, lambda _s, x: run(x))


def _reduction(name: str, run: Callable[..., Tensor]) -> DefinedOperation:
    return _plain(name, run, ("dim", _DIMS), ("keepdim", flag, False), shape=layout.reduced)


def _view(name: str, run: Callable[[Tensor, tuple[int, ...]], Tensor]) -> DefinedOperation:
    def called(settings: dict[str, Any], x: Tensor) -> Tensor:
        first, *rest = settings["sizes"]
        return run(x, (x.shape[0] if first == "n" else first, *rest))

    return _function(name, layout.viewed, called, ("sizes", view_sizes))


def _indexed(settings: dict[str, Any], x: Tensor) -> Tensor:
    parts = (slice(*part) if isinstance(part, tuple) else ... if part == "..." else part for part in settings["index"])
    return x[tuple(parts)]


def _dropped(run: Callable[..., Tensor]) -> Function:
    def called(settings: dict[str, Any], x: Tensor) -> Tensor:
        return run(x, settings["p"], settings[FOLLOWS_MODE])

    return called


_POOL = (("kernel_size", _AXIS), ("stride", optional(_AXIS), None), ("padding", per_axis(0), 0))
_CEIL = ("ceil_mode", flag, False)
_DROPOUT = (("p", fraction, 0.5), (FOLLOWS_MODE, optional(flag), True))
# fmt: off
FUNCTIONS = (
    _arithmetic("add", operator.add),
    _arithmetic("sub", operator.sub),
    _arithmetic("mul", operator.mul),
    _arithmetic("div", operator.truediv),
    _arithmetic("pow", operator.pow),
    _arithmetic("maximum", torch.maximum),
    _arithmetic("minimum", torch.minimum),
    _function("matmul", layout.matmul, lambda _s, x, y: x @ y, few=2, most=2, macs=layout.product_macs),
    *(_one(name, vars(torch)[name]) for name in (
        "relu", "sigmoid", "tanh", "abs", "exp", "log", "sqrt", "rsqrt", "square", "neg", "erf", "sin", "cos",
    )),
    *(_plain(name, vars(F)[name]) for name in (
        "relu6", "hardswish", "hardsigmoid", "selu", "silu", "mish", "logsigmoid", "tanhshrink", "softsign",
    )),
    _plain("leaky_relu", F.leaky_relu, ("negative_slope", real, 0.01)),
    _plain("elu", F.elu, ("alpha", real, 1.0)),
    _plain("celu", F.celu, ("alpha", real, 1.0)),
    _plain("gelu", F.gelu, ("approximate", word("none", "tanh"), "none")),
    _plain("hardtanh", F.hardtanh, ("min_val", real, -1.0), ("max_val", real, 1.0)),
    _plain("softplus", F.softplus, ("beta", real, 1.0), ("threshold", real, 20.0)),
    _plain("clamp", torch.clamp, ("min", optional(real), None), ("max", optional(real), None)),
    _plain("softmax", F.softmax, ("dim", _DIM)),
    _plain("log_softmax", F.log_softmax, ("dim", _DIM)),
    _function("dropout", layout.same, _dropped(F.dropout), *_DROPOUT),
    _function("dropout2d", layout.same, _dropped(F.dropout2d), *_DROPOUT),
    _plain("max_pool2d", F.max_pool2d, *_POOL, ("dilation", _AXIS, 1), _CEIL, shape=window.pool),
    _plain(
        "avg_pool2d", F.avg_pool2d, *_POOL, _CEIL, ("count_include_pad", flag, True),
        ("divisor_override", optional(whole(1)), None), shape=window.pool,
    ),
    _plain("adaptive_avg_pool2d", F.adaptive_avg_pool2d, ("output_size", output_size), shape=window.adaptive_pool),
    _plain("adaptive_max_pool2d", F.adaptive_max_pool2d, ("output_size", output_size), shape=window.adaptive_pool),
    _plain(
        "interpolate", F.interpolate, ("size", optional(_AXIS), None),
        ("scale_factor", optional(either(real, wholes(1, 1000, 2))), None), ("mode", word(*_MODES), "nearest"),
        ("align_corners", optional(flag), None), shape=window.resized,
    ),
    _plain(
        "pad", F.pad, ("pad", wholes(-10_000, 10_000, 8)),
        ("mode", word("constant", "reflect", "replicate", "circular"), "constant"), ("value", optional(real), None),
        shape=window.padded_by_function,
    ),
    _plain(
        "local_response_norm", F.local_response_norm,
        ("size", whole(1)), ("alpha", real, 1e-4), ("beta", real, 0.75), ("k", real, 1.0),
    ),
    _plain("normalize", F.normalize, ("p", real, 2.0), ("dim", _DIM, 1)),
    _plain("pixel_shuffle", F.pixel_shuffle, ("upscale_factor", whole(1, 1000)), shape=window.pixel_shuffle),
    _plain("channel_shuffle", F.channel_shuffle, ("groups", whole(1)), shape=window.shuffled),
    _function(
        "cat", layout.concatenated, lambda s, *parts: torch.cat(parts, s["dim"]), ("dim", _DIM, 0), most=512
    ),
    _function(
        "stack", layout.stacked, lambda s, *parts: torch.stack(parts, s["dim"]), ("dim", _DIM, 0), most=512
    ),
    _plain("flatten", torch.flatten, ("start_dim", _DIM, 0), ("end_dim", _DIM, -1), shape=layout.flattened),
    _view("view", Tensor.view),
    _view("reshape", Tensor.reshape),
    _function("permute", layout.permuted, lambda s, x: x.permute(s["dims"]), ("dims", wholes(-16, 16, 8))),
    _plain("transpose", torch.transpose, ("dim0", _DIM), ("dim1", _DIM), shape=layout.transposed),
    _function(
        "squeeze", layout.squeezed, lambda s, x: x.squeeze() if s["dim"] is None else x.squeeze(s["dim"]),
        ("dim", optional(_DIM), None),
    ),
    _plain("unsqueeze", torch.unsqueeze, ("dim", _DIM), shape=layout.unsqueezed),
    _one("contiguous", Tensor.contiguous),
    _function("expand_as", layout.expanded_as, lambda _s, x, y: x.expand_as(y), few=2, most=2),
    _reduction("mean", torch.mean),
    _reduction("sum", torch.sum),
    _reduction("amax", torch.amax),
    _reduction("amin", torch.amin),
    _function(
        "chunk", layout.piece, lambda s, x: x.chunk(s["chunks"], s["dim"])[s["index"]],
        ("chunks", whole(1, 4096)), ("dim", _DIM, 0), ("index", whole(0, 4096), 0),
    ),
    _function(
        "split", layout.piece, lambda s, x: x.split(s["sizes"], s["dim"])[s["index"]],
        ("sizes", either(whole(1), wholes(0, length=4096))), ("dim", _DIM, 0), ("index", whole(0, 4096), 0),
    ),
    _function("getitem", layout.indexed, _indexed, ("index", index_parts)),
)
# fmt: on
