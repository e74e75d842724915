"""Faster CPU kernels for a few convolutions and pools in float32: other kernels of torch's for the same sums.

They run inside a `FastCpuKernels` context only and leave the network as it is. The times are those of torch 2.15 on
two cores with AVX2: LeNet's for a minibatch of 256 images, a ResNet's for 64 of 96 pixels.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

from cnnviz.accelerate.fast_paths import is_enabled

LANES = 8
"""Numbers in one of AVX2's vectors, and channels in a block of the convolutions written for it."""
FEW = 16
"""Output channels up to which a narrow convolution gains."""

Pair = tuple[int, int]


class FastCpuKernels(TorchFunctionMode):
    """A context in which the named fast paths replace torch's own kernels wherever they apply.

    For one backward pass through autograd: neither for second derivatives nor for `torch.func`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self._overrides = dict(OVERRIDES[name] for name in names)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        override = self._overrides.get(func)
        result = override(*args, **(kwargs or {})) if override else None
        return func(*args, **(kwargs or {})) if result is None else result


def enabled_kernels() -> tuple[str, ...]:
    """Return the names of `OVERRIDES` that are on here.

    Raises:
        UserError: `option_choice`.
    """
    return tuple(name for name in OVERRIDES if is_enabled(name))


def _convolve(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: Any = 1,
) -> Tensor | None:
    places = (_pair(stride), _pair(padding), _pair(dilation))
    if not (
        torch.is_grad_enabled()
        and _is_batch(input)
        and weight.requires_grad
        and weight.dtype == input.dtype
        and groups == 1
        and None not in places
    ):
        return None
    grey = input.shape[1] == 1 and not input.requires_grad and weight.stride(1) != 1
    narrow = (
        1 < input.shape[1] < LANES
        and input.requires_grad
        and _is_channels_last(input)
        and weight.shape[0] <= FEW
        and weight[0, 0].numel() > 1
    )
    if not (grey or narrow):
        return None
    found: Tensor = _Convolution.apply(input, weight, bias, places)
    return found


class _Convolution(torch.autograd.Function):
    """A convolution of few channels, each of whose gradients comes from the memory layout that is quick for it.

    That of the weights in channels-last: of grey images a ResNet's in 26 ms in place of 72. That of the maps in the
    plain layout: of LeNet's second layer, both together, 4 ms in place of 6.
    """

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, bias: Tensor | None, places: tuple[Pair, ...]) -> Tensor:
        ctx.save_for_backward(maps, weight)
        ctx.places, ctx.has_bias = places, bias is not None
        stride, padding, dilation = places
        return F.conv2d(maps, weight, bias, stride, padding, dilation)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:
        maps, weight = ctx.saved_tensors
        by_maps = None
        if ctx.needs_input_grad[0]:
            by_maps, _, _ = _gradients(
                ctx, slopes.contiguous(), maps.contiguous(), weight.contiguous(), (True, False, False)
            )
        _, by_weight, by_bias = _gradients(ctx, slopes, maps, _channels_last(weight), (False, True, ctx.has_bias))
        return by_maps, by_weight, by_bias, None


def _gradients(ctx: Any, slopes: Tensor, maps: Tensor, weight: Tensor, which: tuple[bool, bool, bool]) -> Any:
    bias = [weight.shape[0]] if ctx.has_bias else None
    return torch.ops.aten.convolution_backward(slopes, maps, weight, bias, *ctx.places, False, (0, 0), 1, which)


def _maximum(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | None:
    windows = (_pair(kernel_size), _pair(kernel_size if stride is None else stride), _pair(padding), _pair(dilation))
    if (
        return_indices
        or None in windows
        or not _is_batch(input)
        or not input.is_contiguous()
        or _is_channels_last(input)
        or input.shape[1] < LANES
        or not input.numel()
    ):
        return None
    found: Tensor = _Maximum.apply(input, windows, ceil_mode)
    return found


class _Maximum(torch.autograd.Function):
    """The maximum over windows, to the bit, of maps brought to channels-last: a ResNet's in 16 ms in place of 47."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, windows: tuple[Pair, ...], ceil_mode: bool) -> Tensor:
        found, places = torch.ops.aten.max_pool2d_with_indices(
            maps.contiguous(memory_format=torch.channels_last), *windows, ceil_mode
        )
        if ctx.needs_input_grad[0]:
            ctx.windows, ctx.ceil_mode = windows, ceil_mode
            ctx.save_for_backward(maps, places.contiguous())
        return found.contiguous()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, None, None]:
        maps, places = ctx.saved_tensors
        return (
            torch.ops.aten.max_pool2d_with_indices_backward(
                slopes.contiguous(), maps, *ctx.windows, ctx.ceil_mode, places
            ),
            None,
            None,
        )


def _average_pairs(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor | None:
    windows = (_pair(kernel_size), _pair(kernel_size if stride is None else stride), _pair(padding))
    if not (
        windows == ((2, 2), (2, 2), (0, 0))
        and divisor_override is None
        and _is_batch(input)
        and input.numel()
        and input.shape[2] % 2 == 0 == input.shape[3] % 2
    ):
        return None
    if not (input.is_contiguous() or (_is_channels_last(input) and input.shape[1] < LANES)):
        return None
    found: Tensor = _PairAverage.apply(input)
    return found


class _PairAverage(torch.autograd.Function):
    """The average over windows of 2 x 2, to the bit: LeNet's first in 1.2 ms forward and backward in place of 2.8."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        ctx.channels_last = _is_channels_last(maps)
        total = maps[:, :, ::2, ::2] + maps[:, :, ::2, 1::2]  # each window's numbers in torch's own order
        total += maps[:, :, 1::2, ::2]
        total += maps[:, :, 1::2, 1::2]
        return total.mul_(0.25)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> Tensor:
        n, c, h, w = slopes.shape
        if ctx.channels_last:
            return _spread(slopes.permute(0, 2, 3, 1).contiguous()).permute(0, 3, 1, 2)
        return _spread(slopes.contiguous().view(n * c, h, w, 1)).view(n, c, 2 * h, 2 * w)


def _spread(slopes: Tensor) -> Tensor:
    """(N, h, w, C) -> (N, 2h, 2w, C), a quarter of each: neighbours by a product, rows by a copy."""
    n, height, width, channels = slopes.shape
    pairs = slopes.view(-1, channels) @ _twice(channels)
    return pairs.view(n * height, 1, -1).repeat(1, 2, 1).view(n, 2 * height, 2 * width, channels)


@cache
def _twice(channels: int) -> Tensor:
    quarter = torch.eye(channels, dtype=torch.float32, device="cpu") / 4
    return torch.cat((quarter, quarter), dim=1)


def _is_batch(maps: Tensor) -> bool:
    """Return whether `maps` is float32 (N, C, H, W) on the CPU, outside autocast."""
    return maps.dim() == 4 and maps.is_cpu and maps.dtype == torch.float32 and not torch.is_autocast_enabled("cpu")


def _is_channels_last(maps: Tensor) -> bool:
    return maps.is_contiguous(memory_format=torch.channels_last) and not maps.is_contiguous()


def _channels_last(weight: Tensor) -> Tensor:
    """Return `weight` in channels-last, by its strides too where one channel leaves them open."""
    channels, height, width = weight.shape[1:]
    strides = (channels * height * width, 1, channels * width, channels)
    return weight.contiguous(memory_format=torch.channels_last).as_strided(weight.shape, strides)


def _pair(value: Any) -> Pair | None:
    """Return torch's short form of a pair as two numbers; None for anything else, which torch is to judge."""
    if isinstance(value, int):
        return (value, value)
    if isinstance(value, tuple | list) and len(value) in (1, 2) and all(isinstance(one, int) for one in value):
        return (value[0], value[-1])
    return None


OVERRIDES: Mapping[str, tuple[Any, Callable[..., Tensor | None]]] = MappingProxyType(
    {
        "convolution": (F.conv2d, _convolve),
        "max_pool": (F.max_pool2d, _maximum),
        "average_pool": (F.avg_pool2d, _average_pairs),
    }
)
"""By the name of the fast path: the function of torch's, and ours, which gives None where torch's own is to run."""
