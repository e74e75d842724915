"""Depthwise-separable convolution: filter each channel alone, then mix the channels at each pixel."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from torch import Tensor

from cnnviz.ops.cross_correlation import cross_correlation2d


@dataclass(frozen=True, slots=True)
class SeparableCost:
    """Multiply-adds of a standard convolution and of the two parts of the separable one."""

    standard: int
    depthwise: int
    pointwise: int

    @property
    def ratio(self) -> Fraction:
        """Separable over standard: 1/N + 1/D_K²."""
        return Fraction(self.depthwise + self.pointwise, self.standard)


def separable_convolution(x: Tensor, depthwise: Tensor, pointwise: Tensor, stride: Any = 1, padding: Any = 0) -> Tensor:
    """(N, M, H, W) through (M, 1, k, k) and then (N', M, 1, 1): (N, N', H', W').

    Raises:
        UserError: settings that make no window.
    """
    filtered = cross_correlation2d(x, depthwise, stride=stride, padding=padding, groups=x.shape[1])
    return cross_correlation2d(filtered, pointwise)


def separable_cost(kernel: int, inputs: int, outputs: int, side: int) -> SeparableCost:
    """D_K²·M·N·D_F² against D_K²·M·D_F² + M·N·D_F²."""
    area, cells = kernel**2, side**2
    return SeparableCost(area * inputs * outputs * cells, area * inputs * cells, inputs * outputs * cells)
