"""AlexNet: eight layers learned from a million photographs, where LeNet had five and digits."""

from collections import OrderedDict
from types import MappingProxyType
from typing import Any

from torch import nn

from cnnviz.options import Choice, Need, Option, Values
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels, shape_after
from cnnviz.zoo.common_options import HIDDEN, WIDTH

CHANNELS = MappingProxyType(
    {
        "d2l": (96, 256, 384, 384, 256),
        "small": (24, 64, 96, 96, 64),
        "paper": (96, 256, 384, 384, 256),
        "torchvision": (64, 192, 384, 256, 256),
    }
)
FIRST: MappingProxyType[str, dict[str, int]] = MappingProxyType(
    {
        "d2l": {"kernel_size": 11, "stride": 4},
        "small": {"kernel_size": 3, "padding": 1},
        "paper": {"kernel_size": 11, "stride": 4},
        "torchvision": {"kernel_size": 11, "stride": 4, "padding": 2},
    }
)
POOLED = (1, 2, 5)
"""The convolutions that a pooling layer follows."""
TWO_GPUS = (2, 4, 5)
"""The paper's convolutions that read the maps of their own GPU only."""


def alexnet(
    input_shape: Shape = (1, 224, 224),
    num_classes: int = 10,
    *,
    form: str = "d2l",
    padding: int = 1,
    hidden: int = 4096,
    width: float = 1.0,
) -> nn.Sequential:
    """Return five convolutions, three overlapping pools, three dense layers: (N, C, H, W) -> (N, num_classes).

    `small` answers the course's exercise at 28 × 28. It keeps the eight layers, their order, the 3 × 3 pools
    of stride 2, ReLU, dropout and the ratio of the channels (3 : 8 : 12 : 12 : 8, a quarter of each); only
    the 11 × 11 window of stride 4, made for images eight times larger, becomes 3 × 3 of stride 1.
    """

    def trunk() -> OrderedDict[str, nn.Module]:
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = input_shape[0]
        for number, maps in enumerate(CHANNELS[form], start=1):
            made = scale_channels(maps, width)
            layers[f"conv{number}"] = nn.Conv2d(channels, made, **_window(number, form, padding))
            layers[f"relu{number}"] = nn.ReLU()
            if form == "paper" and number <= 2:  # torch divides alpha by the 5 channels, the paper does not
                layers[f"lrn{number}"] = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)
            if number in POOLED:
                layers[f"pool{POOLED.index(number) + 1}"] = nn.MaxPool2d(kernel_size=3, stride=2)
            channels = made
        if form == "torchvision":
            layers["avgpool"] = nn.AdaptiveAvgPool2d(6)
        layers["flatten"] = nn.Flatten()
        return layers

    (features,) = shape_after(lambda: nn.Sequential(trunk()), input_shape)
    return nn.Sequential(trunk() | _head(features, hidden, num_classes, dropout_first=form == "torchvision"))


def _window(number: int, form: str, padding: int) -> dict[str, Any]:
    if number == 1:
        return FIRST[form] | ({"padding": padding} if form == "d2l" else {})
    kernel = 5 if number == 2 else 3
    return {"kernel_size": kernel, "padding": kernel // 2, "groups": 2 if form == "paper" and number in TWO_GPUS else 1}


def _head(features: int, hidden: int, num_classes: int, dropout_first: bool) -> OrderedDict[str, nn.Module]:
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number in (1, 2):
        steps = [(f"fc{number}", nn.Linear(features, hidden)), (f"relu{5 + number}", nn.ReLU())]
        steps.insert(0 if dropout_first else 2, (f"dropout{number}", nn.Dropout(0.5)))
        layers.update(steps)
        features = hidden
    layers["fc3"] = nn.Linear(features, num_classes)
    return layers


SHAPES: MappingProxyType[str, Shape] = MappingProxyType(
    {"d2l": (1, 224, 224), "small": (1, 28, 28), "paper": (3, 227, 227), "torchvision": (3, 224, 224)}
)


def _input_shape(options: Values) -> Shape:
    return SHAPES[str(options["form"])]


ALEXNET = Architecture(
    name="alexnet",
    title="AlexNet",
    year=2012,
    authors="Alex Krizhevsky, Ilya Sutskever, Geoffrey Hinton",
    paper=Paper(
        "ImageNet classification with deep convolutional neural networks",
        "NeurIPS 2012",
        "https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks",
    ),
    build=alexnet,
    options=(
        Option("form", Choice(("d2l", "small", "paper", "torchvision")), "d2l"),
        Option("padding", Choice((1, 0)), 1, (Need("form", ("d2l",)),)),
        HIDDEN,
        WIDTH,
    ),
    input_shape=_input_shape,
    num_classes=lambda options: 1000 if options["form"] in ("paper", "torchvision") else 10,
    recipes=(CourseRecipe(0.01, 128, 224),),
    quick=QuickRecipe(0.0005, 96, 300, init="he"),
    quick_by_dataset={
        "shapes": QuickRecipe(0.001, 32, 1250, init="he", options={"form": "small", "hidden": 256, "width": 0.5})
    },
)
