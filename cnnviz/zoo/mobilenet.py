"""MobileNet: filter each channel alone, then mix the channels pixel by pixel, at a ninth of the cost."""

from collections import OrderedDict
from collections.abc import Iterator
from functools import partial

from torch import nn

from cnnviz.options import Choice, Need, Option
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels
from cnnviz.zoo.common_options import WIDTH
from cnnviz.zoo.inverted_residual import Bneck, conv_bn, inverted_residual, named_conv_bn, round_channels

V1_BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
"""Channels and stride of the thirteen separable blocks."""

V2_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Table 2 of the paper: expansion, channels, repeats, stride of the first."""

V3_BLOCKS = {
    "v3-small": (
        (3, 16, 16, True, "relu", 2),
        (3, 72, 24, False, "relu", 2),
        (3, 88, 24, False, "relu", 1),
        (5, 96, 40, True, "hardswish", 2),
        *[(5, 240, 40, True, "hardswish", 1)] * 2,
        (5, 120, 48, True, "hardswish", 1),
        (5, 144, 48, True, "hardswish", 1),
        (5, 288, 96, True, "hardswish", 2),
        *[(5, 576, 96, True, "hardswish", 1)] * 2,
    ),
    "v3-large": (
        (3, 16, 16, False, "relu", 1),
        (3, 64, 24, False, "relu", 2),
        (3, 72, 24, False, "relu", 1),
        (5, 72, 40, True, "relu", 2),
        *[(5, 120, 40, True, "relu", 1)] * 2,
        (3, 240, 80, False, "hardswish", 2),
        (3, 200, 80, False, "hardswish", 1),
        *[(3, 184, 80, False, "hardswish", 1)] * 2,
        *[(3, n, 112, True, "hardswish", 1) for n in (480, 672)],
        (5, 672, 160, True, "hardswish", 2),
        *[(5, 960, 160, True, "hardswish", 1)] * 2,
    ),
}
"""Tables 1 and 2 of the paper: kernel, expanded channels, channels, whether gated, activation, stride."""
V3_HIDDEN = {"v3-small": 1024, "v3-large": 1280}


def mobilenet(
    input_shape: Shape = (1, 96, 96),
    num_classes: int = 10,
    *,
    version: str = "v1",
    activation: str = "relu",
    width: float = 1,
) -> nn.Sequential:
    """Return a stem, blocks of depthwise convolutions, the mean of each map: (N, C, H, W) -> (N, num_classes).

    `width` is the papers' α: it multiplies every width; v1 rounds down, v2 and v3 to multiples of 8.
    """
    if version == "v1":
        return _v1(input_shape[0], num_classes, activation, width)
    return (
        _v2(input_shape[0], num_classes, width) if version == "v2" else _v3(input_shape[0], num_classes, version, width)
    )


def _v1(in_channels: int, num_classes: int, activation: str, width: float) -> nn.Sequential:
    channels = scale_channels(32, width)
    layers = _with_stem(conv_bn(in_channels, channels, nn.BatchNorm2d, activation, kernel=3, stride=2))
    for number, (full, stride) in enumerate(V1_BLOCKS, start=1):
        made = scale_channels(full, width)
        layers[f"block{number}"] = nn.Sequential(
            named_conv_bn("depthwise", channels, channels, nn.BatchNorm2d, activation, 3, stride, groups=channels)
            | named_conv_bn("pointwise", channels, made, nn.BatchNorm2d, activation)
        )
        channels = made
    return _with_head(layers, OrderedDict(), OrderedDict(fc=nn.Linear(channels, num_classes)))


def _v2(in_channels: int, num_classes: int, width: float) -> nn.Sequential:
    channels, last = round_channels(32 * width), round_channels(1280 * max(1.0, width))
    layers = _with_stem(conv_bn(in_channels, channels, nn.BatchNorm2d, "relu6", kernel=3, stride=2))
    for number, (expansion, made, stride) in enumerate(_v2_blocks(width), start=1):
        bneck = Bneck(channels, channels * expansion, made, stride)
        layers[f"block{number}"] = inverted_residual(bneck, nn.BatchNorm2d)
        channels = made
    return _with_head(
        layers,
        conv_bn(channels, last, nn.BatchNorm2d, "relu6"),
        OrderedDict(dropout=nn.Dropout(0.2), fc=nn.Linear(last, num_classes)),
    )


def _v2_blocks(width: float) -> Iterator[tuple[int, int, int]]:
    for expansion, full, repeats, stride in V2_STAGES:
        for repeat in range(repeats):
            yield expansion, round_channels(full * width), stride if repeat == 0 else 1


def _v3(in_channels: int, num_classes: int, version: str, width: float) -> nn.Sequential:
    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
    channels, hidden = round_channels(16 * width), round_channels(V3_HIDDEN[version] * width)
    layers = _with_stem(conv_bn(in_channels, channels, norm, "hardswish", kernel=3, stride=2))
    for number, (kernel, expanded, full, gated, activation, stride) in enumerate(V3_BLOCKS[version], start=1):
        expanded, made = round_channels(expanded * width), round_channels(full * width)
        bneck = Bneck(channels, expanded, made, stride, kernel, activation, gated)
        layers[f"block{number}"] = inverted_residual(bneck, norm)
        channels = bneck.channels
    last = 6 * channels
    return _with_head(
        layers,
        conv_bn(channels, last, norm, "hardswish"),
        OrderedDict(
            fc1=nn.Linear(last, hidden),
            hardswish=nn.Hardswish(),
            dropout=nn.Dropout(0.2),
            fc2=nn.Linear(hidden, num_classes),
        ),
    )


def _with_stem(stem: OrderedDict[str, nn.Module]) -> OrderedDict[str, nn.Module]:
    return OrderedDict(stem=nn.Sequential(stem))


def _with_head(
    layers: OrderedDict[str, nn.Module],
    before_pool: OrderedDict[str, nn.Module],
    classifier: OrderedDict[str, nn.Module],
) -> nn.Sequential:
    layers["head"] = nn.Sequential(before_pool | OrderedDict(pool=nn.AdaptiveAvgPool2d(1)))
    layers["flatten"] = nn.Flatten()
    return nn.Sequential(layers | classifier)


MOBILENET = Architecture(
    name="mobilenet",
    title="MobileNet",
    year=2017,
    authors="Andrew G. Howard, Menglong Zhu, Bo Chen, Dmitry Kalenichenko, Weijun Wang, Tobias Weyand, "
    "Marco Andreetto, Hartwig Adam",
    paper=Paper(
        "MobileNets: Efficient convolutional neural networks for mobile vision applications",
        "arXiv 2017",
        "https://arxiv.org/abs/1704.04861",
    ),
    build=mobilenet,
    options=(
        Option("version", Choice(("v1", "v2", "v3-small", "v3-large")), "v1"),
        Option("activation", Choice(("relu", "relu6")), "relu", (Need("version", ("v1",)),)),
        WIDTH,
    ),
    input_shape=lambda options: (1, 96, 96) if options["version"] == "v1" else (3, 224, 224),
    num_classes=lambda options: 10 if options["version"] == "v1" else 1000,
    recipes=(CourseRecipe(0.1, 256, 96),),
    quick=QuickRecipe(0.001, 48, 500),
    quick_by_dataset={"shapes": QuickRecipe(0.002, 64, 2000, options={"width": 0.25})},
)
