"""The residual blocks: what a few layers add to their own input."""

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class BlockGeometry:
    """Channels that a block reads and gives, and the grid it works on."""

    in_channels: int
    channels: int
    """Of the inner convolutions; a bottleneck gives four times as many."""
    stride: int
    """In pixels of its input: 2 at the start of a stage that halves the image."""
    dilation_before: int
    """Pixels between the taps of a 3×3 window on the grid that comes in."""
    dilation: int
    """The same on the grid behind the block's stride; larger where a dilation stands for a stride."""


@dataclass(frozen=True, slots=True)
class ResidualStyle:
    """Differences between the course's form and torchvision's, and between the two bottlenecks."""

    bias: bool
    """Convolutions have a bias."""
    shortcut_norm: bool
    """The shortcut's convolution is followed by batch normalization."""
    stride_on_3x3: bool = True
    """A bottleneck strides with its 3×3 convolution; the paper's with its first 1×1."""
    adds_input: bool = True
    """A block gives f(x) + x; without, f(x) alone: the plain network that the paper compares with."""

    def conv1x1(self, in_channels: int, channels: int, stride: int = 1) -> nn.Conv2d:
        """Return a convolution of one pixel at a time, from `in_channels` to `channels`."""
        return nn.Conv2d(in_channels, channels, kernel_size=1, stride=stride, bias=self.bias)

    def conv3x3(self, in_channels: int, channels: int, stride: int = 1, dilation: int = 1) -> nn.Conv2d:
        """Return a convolution of nine pixels at a time, the size kept where the stride is 1."""
        return nn.Conv2d(
            in_channels, channels, kernel_size=3, stride=stride, padding=dilation, dilation=dilation, bias=self.bias
        )

    def shortcut(self, place: BlockGeometry, out_channels: int, *, norm: bool) -> nn.Sequential | None:
        """Return a strided 1×1 convolution where input and output differ in shape; None for the input itself, or
        nothing."""
        if not self.adds_input or (place.stride == 1 and place.in_channels == out_channels):
            return None
        path = nn.Sequential()
        path.add_module("conv", self.conv1x1(place.in_channels, out_channels, place.stride))
        if norm:
            path.add_module("bn", nn.BatchNorm2d(out_channels))
        return path


class BasicBlock(nn.Module):
    """Two 3×3 convolutions beside a shortcut: (N, in, H, W) -> (N, channels, H/stride, W/stride)."""

    expansion = 1

    def __init__(self, place: BlockGeometry, style: ResidualStyle) -> None:
        super().__init__()
        channels = place.channels
        self.conv1 = style.conv3x3(place.in_channels, channels, place.stride, place.dilation_before)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv2 = style.conv3x3(channels, channels, dilation=place.dilation)
        self.bn2 = nn.BatchNorm2d(channels)
        self.adds_input = style.adds_input
        self.shortcut = style.shortcut(place, channels, norm=style.shortcut_norm)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(f(x) + x), or ReLU(f(x)) in a plain network."""
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.adds_input:
            y = y + (x if self.shortcut is None else self.shortcut(x))
        return self.relu(y)


class Bottleneck(nn.Module):
    """1×1, 3×3 and 1×1 beside a shortcut: (N, in_channels, H, W) -> (N, 4 · channels, H/stride, W/stride)."""

    expansion = 4

    def __init__(self, place: BlockGeometry, style: ResidualStyle) -> None:
        super().__init__()
        channels, out_channels = place.channels, place.channels * self.expansion
        on_1x1, on_3x3 = (1, place.stride) if style.stride_on_3x3 else (place.stride, 1)
        self.conv1 = style.conv1x1(place.in_channels, channels, on_1x1)
        self.bn1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv2 = style.conv3x3(
            channels, channels, on_3x3, place.dilation_before if style.stride_on_3x3 else place.dilation
        )
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU()
        self.conv3 = style.conv1x1(channels, out_channels)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self.adds_input = style.adds_input
        self.shortcut = style.shortcut(place, out_channels, norm=style.shortcut_norm)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """ReLU(f(x) + x), or ReLU(f(x)) in a plain network."""
        y = self.relu1(self.bn1(self.conv1(x)))
        y = self.relu2(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        if self.adds_input:
            y = y + (x if self.shortcut is None else self.shortcut(x))
        return self.relu(y)


class PreActivatedBasicBlock(nn.Module):
    """`BasicBlock` with batch norm and ReLU before each convolution, so that nothing stands on the shortcut.

    The network's `first` block begins with its convolution: the stem has activated already, as in the paper
    on identity mappings. A shortcut that has a convolution reads the activated input.
    """

    expansion = 1

    def __init__(self, place: BlockGeometry, style: ResidualStyle, first: bool = False) -> None:
        super().__init__()
        channels = place.channels
        self.bn1 = None if first else nn.BatchNorm2d(place.in_channels)
        self.relu1 = None if first else nn.ReLU()
        self.conv1 = style.conv3x3(place.in_channels, channels, place.stride, place.dilation_before)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU()
        self.conv2 = style.conv3x3(channels, channels, dilation=place.dilation)
        self.shortcut = style.shortcut(place, channels, norm=False)

    def forward(self, x: Tensor) -> Tensor:
        """f(x) + x."""
        a = x if self.bn1 is None or self.relu1 is None else self.relu1(self.bn1(x))
        y = self.conv2(self.relu2(self.bn2(self.conv1(a))))
        return y + (x if self.shortcut is None else self.shortcut(a))


class PreActivatedBottleneck(nn.Module):
    """`Bottleneck` with batch norm and ReLU before each convolution, as `PreActivatedBasicBlock`."""

    expansion = 4

    def __init__(self, place: BlockGeometry, style: ResidualStyle, first: bool = False) -> None:
        super().__init__()
        channels, out_channels = place.channels, place.channels * self.expansion
        on_1x1, on_3x3 = (1, place.stride) if style.stride_on_3x3 else (place.stride, 1)
        self.bn1 = None if first else nn.BatchNorm2d(place.in_channels)
        self.relu1 = None if first else nn.ReLU()
        self.conv1 = style.conv1x1(place.in_channels, channels, on_1x1)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU()
        self.conv2 = style.conv3x3(
            channels, channels, on_3x3, place.dilation_before if style.stride_on_3x3 else place.dilation
        )
        self.bn3 = nn.BatchNorm2d(channels)
        self.relu3 = nn.ReLU()
        self.conv3 = style.conv1x1(channels, out_channels)
        self.shortcut = style.shortcut(place, out_channels, norm=False)

    def forward(self, x: Tensor) -> Tensor:
        """f(x) + x."""
        a = x if self.bn1 is None or self.relu1 is None else self.relu1(self.bn1(x))
        y = self.conv2(self.relu2(self.bn2(self.conv1(a))))
        y = self.conv3(self.relu3(self.bn3(y)))
        return y + (x if self.shortcut is None else self.shortcut(a))
