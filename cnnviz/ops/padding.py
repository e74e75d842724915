"""Padding: what stands outside the image, as a map from padded positions to positions of the input."""

from types import MappingProxyType

import torch
from torch import Tensor

from cnnviz.errors import UserError
from cnnviz.ops.window import Pair, WindowAxis

PADDING_MODES = MappingProxyType({"zeros": 0, "reflect": 1, "replicate": 2, "circular": 3})
"""Torch's names, in teaching order."""


def padding_source(position: int, length: int, mode: str = "zeros") -> int | None:
    """Return the input position whose value stands at `position` of an axis, None where a zero stands there."""
    if 0 <= position < length:
        return position
    if mode == "reflect":
        return -position if position < 0 else 2 * (length - 1) - position
    if mode == "replicate":
        return 0 if position < 0 else length - 1
    if mode == "circular":
        return position % length
    return None


def check_padding(length: int, amounts: Pair, mode: str) -> None:
    """Raise unless `mode` can add `amounts` positions before and after an axis of `length`.

    Raises:
        UserError: `op_padding_mode`, `op_reflect` or `op_circular`.
    """
    if mode not in PADDING_MODES:
        raise UserError("op_padding_mode", got=mode, known=[*PADDING_MODES])
    if mode == "reflect" and max(amounts) >= length:
        raise UserError("op_reflect", padding=max(amounts), length=length)
    if mode == "circular" and max(amounts) > length:
        raise UserError("op_circular", padding=max(amounts), length=length)


def pad_axis(x: Tensor, dim: int, amounts: Pair, mode: str = "zeros", value: float = 0.0) -> Tensor:
    """Return `x` with `amounts` positions added before and after axis `dim`; `value` stands for zero.

    Raises:
        UserError: `op_padding_mode`, `op_reflect` or `op_circular`.
    """
    length = x.shape[dim]
    check_padding(length, amounts, mode)
    if mode == "zeros":
        left, right = (_with(list(x.shape), dim, extra) for extra in amounts)
        return torch.cat([x.new_full(left, value), x, x.new_full(right, value)], dim)
    chosen = [padding_source(position, length, mode) for position in range(-amounts[0], length + amounts[1])]
    return x.index_select(dim, torch.tensor(chosen, device=x.device))


def pad(x: Tensor, rows: WindowAxis, columns: WindowAxis, mode: str = "zeros", value: float = 0.0) -> Tensor:
    """(…, H, W) with the padding of both axes around it.

    Raises:
        UserError: `op_padding_mode`, `op_reflect` or `op_circular`.
    """
    x = pad_axis(x, -2, (rows.before, rows.after), mode, value)
    return pad_axis(x, -1, (columns.before, columns.after), mode, value)


def _with(shape: list[int], dim: int, length: int) -> list[int]:
    shape[dim] = length
    return shape
