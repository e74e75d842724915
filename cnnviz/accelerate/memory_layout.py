"""The rule for storing images and weights channels-last."""

from torch import nn

from cnnviz.accelerate.fast_paths import is_enabled, is_plain

WIDE = 16
"""Input channels from which a convolution gains from bfloat16, and on a GPU from channels-last."""


def has_wide_convolution(model: nn.Module) -> bool:
    """Return whether a convolution of `model` reads at least `WIDE` channels."""
    return any(isinstance(layer, nn.Conv2d) and layer.in_channels >= WIDE for layer in model.modules())


def has_depthwise_convolution(model: nn.Module) -> bool:
    """Return whether a convolution of `model` filters every input channel by itself."""
    return any(isinstance(layer, nn.Conv2d) and layer.groups == layer.in_channels > 1 for layer in model.modules())


def prefers_bfloat16(model: nn.Module, device: str) -> bool:
    """Return whether training `model` is faster in bfloat16 on a device with instructions for it.

    Depthwise convolutions on the CPU are slower in it. Images in a second of processor time on one core with AVX-512
    and its bfloat16 instructions, in bfloat16 and in float32 (medians of four rounds by turns): MobileNet v1 at width
    0.5 and 56 pixels 169 and 237, at width 1 and 48 pixels 95 and 125, v2 at width 0.25 and 48 pixels 186 and 229.
    """
    return has_wide_convolution(model) and not (device == "cpu" and has_depthwise_convolution(model))


def prefers_channels_last(model: nn.Module, device: str, precision: str) -> bool:
    """Return whether training `model` in channels-last is faster there and as exact.

    On the CPU narrow convolutions gain too: the gradient of LeNet's first weights takes a quarter of the time.
    In float32 a network with batch normalization keeps the plain layout: torch's channels-last kernel misses the
    normalised values by 1.4e-4 (batch of 256, 24x24), the plain one by 7e-7, and the curve leaves the plain loop's
    within a few steps; even with exact sums DenseNet's losses at 96 pixels are 4e-2 apart at the seventh step. Without
    batch normalization the two layouts agree.

    Raises:
        UserError: `option_choice`.
    """
    if precision == "float32" and any(isinstance(layer, nn.BatchNorm2d) for layer in model.modules()):
        return False
    if device == "cpu":
        return is_enabled("channels_last")
    return device == "cuda" and has_wide_convolution(model) and not is_plain()
