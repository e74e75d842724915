"""Emulation of bfloat16 arithmetic by float32 kernels between roundings."""

from typing import Any

import torch
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

MULTIPLIES = frozenset((F.conv2d, F.linear))
"""The functions that autocast runs in bfloat16 in these networks; torch emulates all others quickly enough."""


class Bfloat16Emulation(TorchFunctionMode):
    """A context in which convolutions and linear layers under autocast round and sum as a processor with bfloat16 does.

    Their operands are rounded to bfloat16, multiplied and summed in float32, and the results rounded again, forward
    and backward; torch's own emulation gives the same numbers, eight to ten times slower (ResNet-18, MobileNet and
    GoogLeNet, 32 pixels). Sums in another order may fall on the other side of a rounding.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if (
            func not in MULTIPLIES
            or torch.get_autocast_dtype("cpu") != torch.bfloat16
            or not torch.is_autocast_enabled("cpu")
        ):
            return func(*args, **kwargs)
        with torch.autocast("cpu", enabled=False):
            return func(*map(_rounded, args), **{name: _rounded(value) for name, value in kwargs.items()}).bfloat16()


def _rounded(value: Any) -> Any:
    return value.bfloat16().float() if isinstance(value, torch.Tensor) else value
