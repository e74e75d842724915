"""DenseNet: every layer reads the maps of all layers before it."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from cnnviz.options import Choice, Need, Option, Real, Whole, WholeList
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels
from cnnviz.zoo.common_options import WIDTH

PAPER_BLOCKS = {121: (6, 12, 24, 16), 169: (6, 12, 32, 32), 201: (6, 12, 48, 32)}
"""Layers of the four dense blocks, by depth."""
BOTTLENECK = 4
"""A bottleneck's 1×1 convolution gives this many times the growth."""


class DenseLayer(nn.Sequential):
    """Its input with the maps it found joined to it: (N, C, H, W) -> (N, C + growth, H, W)."""

    def forward(self, x: Tensor) -> Tensor:
        """[x, f(x)] on the channels."""
        return torch.cat((x, super().forward(x)), dim=1)


def densenet(
    input_shape: Shape = (1, 96, 96),
    num_classes: int = 10,
    *,
    form: str = "d2l",
    depth: int = 121,
    growth: int = 32,
    blocks: tuple[int, ...] = (4, 4, 4, 4),
    bottleneck: bool = False,
    compression: float = 0.5,
    width: float = 1,
) -> nn.Sequential:
    """Return a stem, dense blocks with transitions between, the mean of each map: (N, C, H, W) -> (N, num_classes).

    Each layer of a block adds `growth` maps to all the earlier ones; a transition keeps the fraction
    `compression` of them, rounded down, and halves height and width. `width` scales the stem and the growth,
    and with them everything.
    """
    course = form == "d2l"
    if not course:
        blocks, bottleneck, compression = PAPER_BLOCKS[depth], True, 0.5
    growth, channels = scale_channels(growth, width), scale_channels(64, width)

    def activated(in_channels: int, conv: nn.Conv2d, mark: str = "") -> OrderedDict[str, nn.Module]:
        return OrderedDict({f"bn{mark}": nn.BatchNorm2d(in_channels), f"relu{mark}": nn.ReLU(), f"conv{mark}": conv})

    def dense_layer(in_channels: int) -> DenseLayer:
        if not bottleneck:
            conv = nn.Conv2d(in_channels, growth, 3, padding=1, bias=course)
            return DenseLayer(activated(in_channels, conv))
        inner = BOTTLENECK * growth
        return DenseLayer(
            activated(in_channels, nn.Conv2d(in_channels, inner, 1, bias=course), "1")
            | activated(inner, nn.Conv2d(inner, growth, 3, padding=1, bias=course), "2")
        )

    layers: OrderedDict[str, nn.Module] = OrderedDict(
        stem=nn.Sequential(
            OrderedDict(
                conv=nn.Conv2d(input_shape[0], channels, 7, stride=2, padding=3, bias=course),
                bn=nn.BatchNorm2d(channels),
                relu=nn.ReLU(),
                pool=nn.MaxPool2d(3, stride=2, padding=1),
            )
        )
    )
    for number, count in enumerate(blocks, start=1):
        if number > 1:
            kept = scale_channels(channels, compression)
            layers[f"transition{number - 1}"] = nn.Sequential(
                activated(channels, nn.Conv2d(channels, kept, 1, bias=course)) | OrderedDict(pool=nn.AvgPool2d(2))
            )
            channels = kept
        block: OrderedDict[str, nn.Module] = OrderedDict()
        for layer in range(1, count + 1):
            block[f"layer{layer}"] = dense_layer(channels)
            channels += growth
        layers[f"dense_block{number}"] = nn.Sequential(block)
    layers["head"] = nn.Sequential(
        OrderedDict(bn=nn.BatchNorm2d(channels), relu=nn.ReLU(), pool=nn.AdaptiveAvgPool2d(1))
    )
    layers["flatten"] = nn.Flatten()
    layers["fc"] = nn.Linear(channels, num_classes)
    return nn.Sequential(layers)


COURSE = (Need("form", ("d2l",)),)
"""What the options of the course's form need."""

DENSENET = Architecture(
    name="densenet",
    title="DenseNet",
    year=2016,
    authors="Gao Huang, Zhuang Liu, Laurens van der Maaten, Kilian Q. Weinberger",
    paper=Paper("Densely connected convolutional networks", "CVPR 2017", "https://arxiv.org/abs/1608.06993"),
    build=densenet,
    options=(
        Option("form", Choice(("d2l", "torchvision")), "d2l"),
        Option("depth", Choice(tuple(PAPER_BLOCKS)), 121, (Need("form", ("torchvision",)),)),
        Option("growth", Whole(1, 64), 32, COURSE),
        Option("blocks", WholeList(1, 48, counts=(1, 5)), (4, 4, 4, 4), COURSE),
        Option("bottleneck", Choice((False, True)), False, COURSE),
        Option("compression", Real(0.1, 1), 0.5, COURSE),
        WIDTH,
    ),
    input_shape=lambda options: (1, 96, 96) if options["form"] == "d2l" else (3, 224, 224),
    num_classes=lambda options: 10 if options["form"] == "d2l" else 1000,
    recipes=(CourseRecipe(0.1, 256, 96),),
    quick=QuickRecipe(0.003, 32, 300),
    quick_by_dataset={"shapes": QuickRecipe(0.002, 64, 1250, options={"growth": 12, "width": 0.25})},
)
