"""ResNet: each block adds a little to what it was given, so depth no longer hurts."""

from collections import OrderedDict

from torch import nn

from cnnviz.options import Choice, Need, Option
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels
from cnnviz.zoo.common_options import WIDTH
from cnnviz.zoo.residual import (
    BasicBlock,
    BlockGeometry,
    Bottleneck,
    PreActivatedBasicBlock,
    PreActivatedBottleneck,
    ResidualStyle,
)

BLOCKS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks of the four stages, by depth; bottlenecks from 50 on."""
BOTTLENECK_DEPTHS = (50, 101, 152)
CHANNELS = (64, 128, 256, 512)


def resnet(
    input_shape: Shape = (1, 96, 96),
    num_classes: int = 10,
    *,
    form: str = "d2l",
    depth: int = 18,
    stem: str = "plain",
    order: str = "post",
    shortcut: bool = True,
    bottleneck_stride: str = "3x3",
    output_stride: int = 32,
    width: float = 1,
) -> nn.Sequential:
    """Return a stem, four stages of residual blocks and the mean of each map: (N, C, H, W) -> (N, num_classes).

    The course's form has a bias in each convolution and no batch norm in its shortcuts. With an
    `output_stride` of 16 or 8 the last stages keep their size: where a stride goes, each window behind it
    reads every second (then fourth) pixel instead, so the same weights see the same pixels. `order="pre"`
    puts batch norm and ReLU before each convolution and once more behind the last block. Without `shortcut` a
    block gives f(x) in place of f(x) + x: the paper's plain network.
    """
    course = form == "d2l"
    style = ResidualStyle(
        bias=course, shortcut_norm=not course, stride_on_3x3=bottleneck_stride == "3x3", adds_input=shortcut
    )
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    layers["stem"], channels = _stem(input_shape[0], stem, bias=course, width=width)
    strides_left, dilation = output_stride // 4, 1
    for number, (inner, repeats) in enumerate(zip(CHANNELS, BLOCKS[depth], strict=True), start=1):
        stage: OrderedDict[str, nn.Module] = OrderedDict()
        stride, dilation_before = 1, dilation
        if number > 1 and strides_left > 1:
            stride, strides_left = 2, strides_left // 2
        elif number > 1:
            dilation *= 2
        for repeat in range(1, repeats + 1):
            place = BlockGeometry(channels, scale_channels(inner, width), stride, dilation_before, dilation)
            first = number == repeat == 1
            stage[f"block{repeat}"], channels = _block(depth, order, place, style, first)
            stride, dilation_before = 1, dilation
        layers[f"stage{number}"] = nn.Sequential(stage)
    head: OrderedDict[str, nn.Module] = OrderedDict()
    if order == "pre":
        head["bn"], head["relu"] = nn.BatchNorm2d(channels), nn.ReLU()
    head["pool"] = nn.AdaptiveAvgPool2d(1)
    layers["head"] = nn.Sequential(head)
    layers["flatten"] = nn.Flatten()
    layers["fc"] = nn.Linear(channels, num_classes)
    return nn.Sequential(layers)


def _block(depth: int, order: str, place: BlockGeometry, style: ResidualStyle, first: bool) -> tuple[nn.Module, int]:
    """Return the block for `place`, and the channels it gives."""
    deep = depth in BOTTLENECK_DEPTHS
    channels = place.channels * (Bottleneck.expansion if deep else BasicBlock.expansion)
    if order == "pre":
        return (PreActivatedBottleneck if deep else PreActivatedBasicBlock)(place, style, first), channels
    return (Bottleneck if deep else BasicBlock)(place, style), channels


def _stem(in_channels: int, stem: str, bias: bool, width: float) -> tuple[nn.Sequential, int]:
    """Return one 7×7 convolution of stride 2, or three of 3×3 the first of which strides, then a pool."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    shapes = {"plain": {"": (64, 7, 2)}, "deep": {"1": (64, 3, 2), "2": (64, 3, 1), "3": (128, 3, 1)}}[stem]
    for mark, (full, kernel, stride) in shapes.items():
        channels = scale_channels(full, width)
        layers[f"conv{mark}"] = nn.Conv2d(in_channels, channels, kernel, stride, kernel // 2, bias=bias)
        layers[f"bn{mark}"] = nn.BatchNorm2d(channels)
        layers[f"relu{mark}"] = nn.ReLU()
        in_channels = channels
    layers["pool"] = nn.MaxPool2d(3, stride=2, padding=1)
    return nn.Sequential(layers), in_channels


RESNET = Architecture(
    name="resnet",
    title="ResNet",
    year=2015,
    authors="Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
    paper=Paper("Deep residual learning for image recognition", "CVPR 2016", "https://arxiv.org/abs/1512.03385"),
    build=resnet,
    options=(
        Option("form", Choice(("d2l", "torchvision")), "d2l"),
        Option("depth", Choice(tuple(BLOCKS)), 18, (Need("form", ("torchvision",), BOTTLENECK_DEPTHS),)),
        Option("stem", Choice(("plain", "deep")), "plain"),
        Option("order", Choice(("post", "pre")), "post"),
        # without shortcuts both orders are one and the same chain of layers
        Option("shortcut", Choice((True, False)), True, (Need("order", ("post",)),)),
        Option("bottleneck_stride", Choice(("3x3", "1x1")), "3x3", (Need("depth", BOTTLENECK_DEPTHS),)),
        Option("output_stride", Choice((32, 16, 8)), 32),
        WIDTH,
    ),
    input_shape=lambda options: (1, 96, 96) if options["form"] == "d2l" else (3, 224, 224),
    num_classes=lambda options: 10 if options["form"] == "d2l" else 1000,
    recipes=(CourseRecipe(0.05, 256, 96),),
    quick=QuickRecipe(0.001, 32, 300),
    quick_by_dataset={"shapes": QuickRecipe(0.001, 64, 1250, options={"width": 0.25})},
)
