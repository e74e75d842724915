"""VGG: blocks of 3 × 3 convolutions, repeated, where AlexNet chose every layer by hand."""

from collections import OrderedDict
from types import MappingProxyType

from torch import nn

from cnnviz.options import Choice, Option
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels, shape_after
from cnnviz.zoo.common_options import HIDDEN, WIDTH

CHANNELS = (64, 128, 256, 512, 512)
CONVOLUTIONS = MappingProxyType(
    {
        "A": (1, 1, 2, 2, 2),
        "A-LRN": (1, 1, 2, 2, 2),
        "B": (2, 2, 2, 2, 2),
        "C": (2, 2, 3, 3, 3),
        "D": (2, 2, 3, 3, 3),
        "E": (2, 2, 4, 4, 4),
    }
)
"""The convolutions of each block, as the columns of the paper's Table 1."""


def vgg(
    input_shape: Shape = (1, 224, 224),
    num_classes: int = 10,
    *,
    config: str = "A",
    batch_norm: bool = False,
    hidden: int = 4096,
    width: float = 1.0,
) -> nn.Sequential:
    """Return five blocks that each halve the image, then three dense layers: (N, C, H, W) -> (N, num_classes).

    With 3 × 224 × 224 and 1,000 classes these are the paper's networks and torchvision's. At other sizes the
    first dense layer takes what the blocks leave, where torchvision would average it to 7 × 7 first.
    """

    def trunk() -> OrderedDict[str, nn.Module]:
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = input_shape[0]
        plan = zip(CHANNELS, CONVOLUTIONS[config], strict=True)
        for number, (maps, convolutions) in enumerate(plan, start=1):
            made = scale_channels(maps, width)
            kernels = [3] * convolutions
            if config == "C" and convolutions == 3:
                kernels[2] = 1
            layers[f"block{number}"] = vgg_block(
                channels, made, tuple(kernels), batch_norm=batch_norm, lrn=config == "A-LRN" and number == 1
            )
            channels = made
        layers["flatten"] = nn.Flatten()
        return layers

    (features,) = shape_after(lambda: nn.Sequential(trunk()), input_shape)
    return nn.Sequential(
        trunk()
        | OrderedDict(
            fc1=nn.Linear(features, hidden),
            relu1=nn.ReLU(),
            dropout1=nn.Dropout(0.5),
            fc2=nn.Linear(hidden, hidden),
            relu2=nn.ReLU(),
            dropout2=nn.Dropout(0.5),
            fc3=nn.Linear(hidden, num_classes),
        )
    )


def vgg_block(
    in_channels: int, channels: int, kernels: tuple[int, ...], *, batch_norm: bool = False, lrn: bool = False
) -> nn.Sequential:
    """Return one convolution per kernel, each with ReLU, then a pool: (N, in, H, W) -> (N, channels, H/2, W/2)."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number, kernel in enumerate(kernels, start=1):
        layers[f"conv{number}"] = nn.Conv2d(in_channels, channels, kernel_size=kernel, padding=kernel // 2)
        if batch_norm:
            layers[f"bn{number}"] = nn.BatchNorm2d(channels)
        layers[f"relu{number}"] = nn.ReLU()
        if lrn and number == 1:
            layers["lrn1"] = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
        in_channels = channels
    layers["pool"] = nn.MaxPool2d(2)
    return nn.Sequential(layers)


VGG = Architecture(
    name="vgg",
    title="VGG",
    year=2014,
    authors="Karen Simonyan, Andrew Zisserman",
    paper=Paper(
        "Very deep convolutional networks for large-scale image recognition",
        "ICLR 2015",
        "https://arxiv.org/abs/1409.1556",
    ),
    build=vgg,
    options=(
        Option("config", Choice(tuple(CONVOLUTIONS)), "A"),
        Option("batch_norm", Choice((False, True)), False),
        HIDDEN,
        WIDTH,
    ),
    input_shape=lambda options: (1, 224, 224),
    num_classes=lambda options: 10,
    recipes=(
        CourseRecipe(0.05, 128, 224, options=MappingProxyType({"width": 0.25})),
        CourseRecipe(0.05, 128, 96, source="student"),
    ),
    quick=QuickRecipe(0.0004, 32, 300, init="he"),
    quick_by_dataset={
        "shapes": QuickRecipe(0.0004, 64, 1250, options={"batch_norm": True, "hidden": 128, "width": 0.125})
    },
)
