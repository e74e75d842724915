"""The same sums sooner: operations for which torch has a slow kernel on the CPU, computed by others of torch's.

They hold inside a `Quicker` only; the network stays as it is. The times are those of torch 2.15 on two cores with
AVX2: LeNet's for a minibatch of 256 images, a ResNet's for 64 of 96 pixels.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

LANES = 8
"""Numbers in one of AVX2's vectors, and channels in a block of the convolutions written for it."""


class Quicker(TorchFunctionMode):
    """Inside, what has an entry in `WAYS` takes the quicker way where that holds, and its own where not."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        quicker = WAYS.get(func)
        found = quicker(*args, **(kwargs or {})) if quicker else None
        return func(*args, **(kwargs or {})) if found is None else found


def _convolve(maps: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Any = 1, padding: Any = 0,
              dilation: Any = 1, groups: int = 1) -> Tensor | None:
    if not (torch.is_grad_enabled() and weight.requires_grad and _is_plain_number(maps) and groups == 1
            and isinstance(padding, int | tuple) and _has_avx2_kernels()):
        return None
    grey = maps.shape[1] == 1 and not maps.requires_grad and weight.stride(1) != 1
    narrow = 1 < maps.shape[1] < LANES and maps.requires_grad and _is_last(maps)
    if not (grey or narrow):
        return None
    found: Tensor = _Convolution.apply(maps, weight, bias, *map(_pair, (stride, padding, dilation)))
    return found


class _Convolution(torch.autograd.Function):
    """A convolution of few channels, each of whose gradients comes from the memory layout that is quick for it.

    That of the weights in channels-last: of grey images a ResNet's in 26 ms in place of 72. That of the maps in the
    plain layout: of LeNet's second layer, both together, 4 ms in place of 6.
    """

    @staticmethod
    def forward(ctx: Any, maps: Tensor, weight: Tensor, bias: Tensor | None, stride: tuple[int, int],
                padding: tuple[int, int], dilation: tuple[int, int]) -> Tensor:
        ctx.save_for_backward(maps, weight)
        ctx.places, ctx.has_bias = (stride, padding, dilation), bias is not None
        return F.conv2d(maps, weight, bias, stride, padding, dilation)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor | None, ...]:
        maps, weight = ctx.saved_tensors
        by_maps = None
        if ctx.needs_input_grad[0]:
            by_maps, _, _ = _backward(ctx, slopes.contiguous(), maps.contiguous(), weight.contiguous(),
                                      (True, False, False))
        _, by_weight, by_bias = _backward(ctx, slopes, maps, _last(weight), (False, True, ctx.has_bias))
        return by_maps, by_weight, by_bias, None, None, None


def _backward(ctx: Any, slopes: Tensor, maps: Tensor, weight: Tensor, which: Sequence[bool]) -> Any:
    bias = [weight.shape[0]] if ctx.has_bias else None
    return torch.ops.aten.convolution_backward(slopes, maps, weight, bias, *ctx.places, False, (0, 0), 1, which)


def _last(weight: Tensor) -> Tensor:
    """`weight` in channels-last, by its strides too where one channel leaves them open."""
    channels, height, width = weight.shape[1:]
    strides = (channels * height * width, 1, channels * width, channels)
    return weight.contiguous(memory_format=torch.channels_last).as_strided(weight.shape, strides)


@cache
def _has_avx2_kernels() -> bool:
    """Whether the convolutions are those that were measured: with wider vectors others are quick."""
    return torch.backends.cpu.get_cpu_capability() == "AVX2"


def _maximum(maps: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
             ceil_mode: bool = False, return_indices: bool = False) -> Tensor | None:
    if (return_indices or not _is_plain_number(maps) or not maps.is_contiguous() or _is_last(maps)
            or maps.shape[1] < LANES or not maps.numel()):
        return None
    windows = (_pair(kernel_size), _pair(stride or kernel_size), _pair(padding), _pair(dilation))
    found: Tensor = _Maximum.apply(maps, windows, ceil_mode)
    return found


class _Maximum(torch.autograd.Function):
    """The maximum over windows, to the bit, of maps brought to channels-last: a ResNet's in 16 ms in place of 47."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor, windows: tuple[tuple[int, ...], ...], ceil_mode: bool) -> Tensor:
        found, places = torch.ops.aten.max_pool2d_with_indices(
            maps.contiguous(memory_format=torch.channels_last), *windows, ceil_mode)
        if ctx.needs_input_grad[0]:
            ctx.windows, ctx.ceil_mode = windows, ceil_mode
            ctx.save_for_backward(maps, places.contiguous())
        return found.contiguous()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> tuple[Tensor, None, None]:
        maps, places = ctx.saved_tensors
        return torch.ops.aten.max_pool2d_with_indices_backward(
            slopes.contiguous(), maps, *ctx.windows, ctx.ceil_mode, places), None, None


def _average_pairs(maps: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                   count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor | None:
    if not (_pair(kernel_size) == (2, 2) and _pair(stride or kernel_size) == (2, 2) and _pair(padding) == (0, 0)
            and divisor_override is None and _is_plain_number(maps) and maps.numel()
            and maps.shape[2] % 2 == 0 == maps.shape[3] % 2 and (_is_last(maps) or maps.is_contiguous())):
        return None
    found: Tensor = _PairAverage.apply(maps)
    return found


class _PairAverage(torch.autograd.Function):
    """The average over windows of 2 x 2, to the bit: LeNet's first in 1.2 ms forward and backward in place of 2.8."""

    @staticmethod
    def forward(ctx: Any, maps: Tensor) -> Tensor:
        ctx.last = _is_last(maps)
        n, c, h, w = maps.shape
        if ctx.last and c >= LANES:
            return F.avg_pool2d(maps, 2)
        if ctx.last:
            return _average_windows(maps.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        return _average_windows(maps.reshape(n * c, h, w, 1)).view(n, c, h // 2, w // 2)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slopes: Tensor) -> Tensor:
        n, c, h, w = slopes.shape
        if ctx.last:
            return _spread_rows(slopes.permute(0, 2, 3, 1).contiguous()).permute(0, 3, 1, 2)
        return _spread_rows(slopes.reshape(n * c, h, w, 1)).view(n, c, 2 * h, 2 * w)


def _average_windows(maps: Tensor) -> Tensor:
    """(N, 2h, 2w, C) -> (N, h, w, C), each window's numbers added in torch's own order."""
    n, height, width, channels = maps.shape
    windows = maps.view(n * height // 2, 2, width // 2, 2, channels)
    total = windows[:, 0, :, 0] + windows[:, 0, :, 1]
    total += windows[:, 1, :, 0]
    total += windows[:, 1, :, 1]
    return total.mul_(0.25).view(n, height // 2, width // 2, channels)


def _spread_rows(slopes: Tensor) -> Tensor:
    """(N, h, w, C) -> (N, 2h, 2w, C), a quarter of each: neighbours by a product, rows by a copy."""
    n, height, width, channels = slopes.shape
    pairs = slopes.view(-1, channels) @ _twice(channels)
    return pairs.view(n * height, 1, -1).repeat(1, 2, 1).view(n, 2 * height, 2 * width, channels)


@cache
def _twice(channels: int) -> Tensor:
    quarter = torch.eye(channels) / 4
    return torch.cat((quarter, quarter), dim=1)


def _is_plain_number(maps: Tensor) -> bool:
    return maps.dim() == 4 and maps.is_cpu and maps.dtype == torch.float32


def _is_last(maps: Tensor) -> bool:
    return maps.is_contiguous(memory_format=torch.channels_last) and not maps.is_contiguous()


def _pair(value: int | Sequence[int]) -> tuple[int, ...]:
    return (value, value) if isinstance(value, int) else tuple(value) * (2 // len(value))


WAYS: dict[Any, Callable[..., Tensor | None]] = {
    F.conv2d: _convolve, F.max_pool2d: _maximum, F.avg_pool2d: _average_pairs}
