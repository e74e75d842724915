"""Squeeze-and-excitation: one look at the whole map decides how loud each channel is."""

from collections import OrderedDict

from torch import Tensor, nn


class SqueezeExcitation(nn.Sequential):
    """Each channel times a gate in [0, 1] made from the means of all: (N, C, H, W) -> (N, C, H, W)."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__(
            OrderedDict(
                pool=nn.AdaptiveAvgPool2d(1),
                squeeze=nn.Conv2d(channels, squeezed, 1),
                relu=nn.ReLU(),
                excite=nn.Conv2d(squeezed, channels, 1),
                hardsigmoid=nn.Hardsigmoid(),
            )
        )

    def forward(self, x: Tensor) -> Tensor:
        """x · gate(x)."""
        return x * super().forward(x)
