"""The middle level of a convolution: what each input channel adds to one output channel, as maps."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnnviz.errors import UserError
from cnnviz.ops.padding import pad
from cnnviz.ops.window import window_axes

MAX_MAPS = 16
"""Maps kept where there are many input channels."""


@dataclass(frozen=True, slots=True, eq=False)
class ChannelContributions:
    """One output channel taken apart; `maps` + `rest` + `bias` is `output`, all (…, H', W')."""

    channels: tuple[int, ...]
    """The input channels of `maps`, in their own order."""
    maps: Tensor
    """(len(channels), H', W')"""
    rest: Tensor | None
    """(H', W'): the sum of the channels not kept, None where all are."""
    rest_count: int
    bias: float
    output: Tensor
    """(H', W')"""


@torch.no_grad()
def channel_contributions(
    module: nn.Module, inputs: Tensor, out_channel: int, limit: int | None = MAX_MAPS
) -> ChannelContributions:
    """Return the map that each input channel of (C, H, W) adds to output channel `out_channel` of a 2-D convolution.

    Of more than `limit` channels those are kept whose maps are largest in mean magnitude; None keeps all.

    Raises:
        UserError: `explain_index` for a channel that the layer has not.
    """
    assert isinstance(module, nn.Conv2d)
    if not 0 <= out_channel < module.out_channels:
        raise UserError("explain_index", layer="Conv2d", index=out_channel, shape=module.out_channels)
    per_group = module.in_channels // module.groups
    first = out_channel // (module.out_channels // module.groups) * per_group
    rows, columns = window_axes(module.kernel_size, module.stride, module.padding, module.dilation)
    padded = pad(inputs[first : first + per_group].detach(), rows, columns, module.padding_mode)
    kernel = module.weight[out_channel].detach()[:, None]
    stride, dilation = (rows.stride, columns.stride), (rows.dilation, columns.dilation)
    maps = functional.conv2d(padded[None], kernel, None, stride, 0, dilation, groups=per_group)[0]
    bias = 0.0 if module.bias is None else float(module.bias[out_channel])
    whole = maps.sum(0)
    output = whole + bias
    if limit is None or per_group <= limit:
        channels = tuple(range(first, first + per_group))
        return ChannelContributions(channels, maps, None, 0, bias, output)
    kept = sorted(maps.abs().mean((1, 2)).topk(limit).indices.tolist())
    shown = maps[kept].clone()
    some = tuple(first + place for place in kept)
    return ChannelContributions(some, shown, whole - shown.sum(0), per_group - limit, bias, output)
