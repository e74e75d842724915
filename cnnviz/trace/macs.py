"""Multiply-adds of convolutions and dense layers for one image, without bias."""

from collections.abc import Mapping
from math import prod
from typing import Any

Shapes = tuple[tuple[int, ...], ...]
"""Batch of one included."""


def convolution_macs(settings: Mapping[str, Any], _inputs: Shapes, outputs: Shapes) -> int:
    """Return the multiply-adds of a convolution: output values · input channels of a group · taps of the kernel."""
    return prod(outputs[0]) * (settings["in_channels"] // settings["groups"]) * prod(settings["kernel_size"])


def transposed_convolution_macs(settings: Mapping[str, Any], inputs: Shapes, _outputs: Shapes) -> int:
    """Return the multiply-adds of a transposed convolution: input values · output channels of a group · taps."""
    return prod(inputs[0]) * (settings["out_channels"] // settings["groups"]) * prod(settings["kernel_size"])


def linear_macs(settings: Mapping[str, Any], _inputs: Shapes, outputs: Shapes) -> int:
    """Return the multiply-adds of a dense layer: output values · input features."""
    return prod(outputs[0]) * int(settings["in_features"])
