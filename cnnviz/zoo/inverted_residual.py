"""The blocks of MobileNet v2 and v3: expand, filter each channel alone, project back."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from cnnviz.zoo.squeeze_excitation import SqueezeExcitation

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {"relu": nn.ReLU, "relu6": nn.ReLU6, "hardswish": nn.Hardswish}


def round_channels(channels: float, by: int = 8) -> int:
    """Return `channels` rounded to the nearest multiple of `by`, and up where that would lose over a tenth."""
    nearest = max(by, int(channels + by / 2) // by * by)
    return nearest + by if nearest < 0.9 * channels else nearest


@dataclass(frozen=True, slots=True)
class Bneck:
    """One row of the papers' tables."""

    in_channels: int
    expanded: int
    """Channels of the depthwise convolution."""
    channels: int
    """Channels that the block gives."""
    stride: int
    kernel: int = 3
    activation: str = "relu6"
    squeeze_excitation: bool = False


class InvertedResidual(nn.Sequential):
    """Its layers with their input added: f(x) + x."""

    def forward(self, x: Tensor) -> Tensor:
        """f(x) + x."""
        return super().forward(x) + x


def conv_bn(
    in_channels: int,
    channels: int,
    norm: Callable[[int], nn.Module],
    activation: str = "",
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
) -> OrderedDict[str, nn.Module]:
    """Return a convolution without bias, padded to keep the size, its batch norm, and the `activation` if named."""
    conv = nn.Conv2d(in_channels, channels, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
    layers: OrderedDict[str, nn.Module] = OrderedDict(conv=conv, bn=norm(channels))
    if activation:
        layers[activation] = ACTIVATIONS[activation]()
    return layers


def named_conv_bn(name: str, *args: Any, **settings: Any) -> OrderedDict[str, nn.Module]:
    """Return `conv_bn` as `<name>`, `<name>_bn` and `<name>_<activation>`, for a block that holds several."""
    return OrderedDict(
        (name if key == "conv" else f"{name}_{key}", layer) for key, layer in conv_bn(*args, **settings).items()
    )


def inverted_residual(bneck: Bneck, norm: Callable[[int], nn.Module]) -> nn.Sequential:
    """Return a block: expand if it widens, depthwise, gate if there is one, project; plus the input if the shape is
    kept."""
    inner = bneck.expanded
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if inner != bneck.in_channels:
        layers |= named_conv_bn("expand", bneck.in_channels, inner, norm, bneck.activation)
    layers |= named_conv_bn("depthwise", inner, inner, norm, bneck.activation, bneck.kernel, bneck.stride, groups=inner)
    if bneck.squeeze_excitation:
        layers["se"] = SqueezeExcitation(inner, round_channels(inner // 4))
    layers |= named_conv_bn("project", inner, bneck.channels, norm)
    same_shape = bneck.stride == 1 and bneck.in_channels == bneck.channels
    return (InvertedResidual if same_shape else nn.Sequential)(layers)
