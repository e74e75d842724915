"""GoogLeNet: four windows look at once, and the block joins what they saw."""

from collections import OrderedDict

import torch
from torch import Tensor, nn

from cnnviz.options import Choice, Need, Option
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels
from cnnviz.zoo.common_options import WIDTH

INCEPTIONS = {
    "3a": (64, (96, 128), (16, 32), 32),
    "3b": (128, (128, 192), (32, 96), 64),
    "4a": (192, (96, 208), (16, 48), 64),
    "4b": (160, (112, 224), (24, 64), 64),
    "4c": (128, (128, 256), (24, 64), 64),
    "4d": (112, (144, 288), (32, 64), 64),
    "4e": (256, (160, 320), (32, 128), 128),
    "5a": (256, (160, 320), (32, 128), 128),
    "5b": (384, (192, 384), (48, 128), 128),
}
"""Channels of the four branches (1×1, (1×1, 3×3), (1×1, 5×5), 1×1 after the pool) of each block."""

INPUTS: dict[str, Shape] = {"d2l": (1, 96, 96), "small": (1, 28, 28), "torchvision": (3, 224, 224)}


class Inception(nn.Module):
    """Four branches over the same pixels, joined: (N, C, H, W) -> (N, sum of their channels, H, W)."""

    def __init__(self, branch1: nn.Module, branch2: nn.Module, branch3: nn.Module, branch4: nn.Module) -> None:
        super().__init__()
        self.branch1 = branch1
        self.branch2 = branch2
        self.branch3 = branch3
        self.branch4 = branch4

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the branches side by side."""
        return torch.cat((self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)), dim=1)


def googlenet(
    input_shape: Shape = (1, 96, 96),
    num_classes: int = 10,
    *,
    form: str = "d2l",
    batch_norm: bool = False,
    width: float = 1,
) -> nn.Sequential:
    """Return a stem, nine Inception blocks between pools, the mean of each map: (N, C, H, W) -> (N, num_classes).

    `small` is for 28 × 28: it keeps the nine blocks with their channels, the head, and the pools before
    blocks 3, 4 and 5, and changes the stem alone: its 7 × 7 window of stride 2 becomes 3 × 3 of stride 1, and
    its first pool goes, so that the blocks see 14, 7 and 4 pixels a side. `torchvision` is the library's
    without its auxiliary heads: unpadded pools that round up, batch normalization without conv bias, and
    3 × 3 in the branch that the paper gives 5 × 5.
    """
    library = form == "torchvision"
    normalized = batch_norm or library

    def convolutions(
        in_channels: int, *shapes: tuple[int, int, int], first: int = 1, numbered: bool = True
    ) -> OrderedDict[str, nn.Module]:
        """Return each (channels, kernel, stride) as conv, batch norm where there is one, ReLU."""
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        for number, (channels, kernel, stride) in enumerate(shapes, start=first):
            mark = str(number) if numbered else ""
            layers[f"conv{mark}"] = nn.Conv2d(in_channels, channels, kernel, stride, kernel // 2, bias=not library)
            if normalized:
                layers[f"bn{mark}"] = nn.BatchNorm2d(channels, eps=0.001 if library else 1e-5)
            layers[f"relu{mark}"] = nn.ReLU()
            in_channels = channels
        return layers

    def halving_pool(window: int = 3) -> nn.MaxPool2d:
        if library:
            return nn.MaxPool2d(window, stride=2, ceil_mode=True)
        return nn.MaxPool2d(3, stride=2, padding=1)

    def inception(in_channels: int, name: str) -> tuple[Inception, int]:
        c1, c2, c3, c4 = INCEPTIONS[name]
        one, pooled = scale_channels(c1, width), scale_channels(c4, width)
        (narrow3, three), (narrow5, five) = ((scale_channels(a, width), scale_channels(b, width)) for a, b in (c2, c3))
        pool = OrderedDict[str, nn.Module](pool=nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=library))
        block = Inception(
            nn.Sequential(convolutions(in_channels, (one, 1, 1), numbered=False)),
            nn.Sequential(convolutions(in_channels, (narrow3, 1, 1), (three, 3, 1))),
            nn.Sequential(convolutions(in_channels, (narrow5, 1, 1), (five, 3 if library else 5, 1))),
            nn.Sequential(pool | convolutions(in_channels, (pooled, 1, 1), numbered=False)),
        )
        return block, one + three + five + pooled

    narrow, channels = scale_channels(64, width), scale_channels(192, width)
    window = (narrow, 3, 1) if form == "small" else (narrow, 7, 2)
    stem = convolutions(input_shape[0], window)
    if form != "small":
        stem["pool1"] = halving_pool()
    stem |= convolutions(narrow, (narrow, 1, 1), (channels, 3, 1), first=2)
    stem["pool2"] = halving_pool()

    layers: OrderedDict[str, nn.Module] = OrderedDict(stem=nn.Sequential(stem))
    for name in INCEPTIONS:
        if name == "4a":
            layers["pool3"] = halving_pool()
        if name == "5a":
            layers["pool4"] = halving_pool(window=2)
        layers[f"inception{name}"], channels = inception(channels, name)
    layers["head"] = nn.Sequential(OrderedDict(pool=nn.AdaptiveAvgPool2d(1)))
    layers["flatten"] = nn.Flatten()
    if library:
        layers["dropout"] = nn.Dropout(0.2)
    layers["fc"] = nn.Linear(channels, num_classes)
    return nn.Sequential(layers)


GOOGLENET = Architecture(
    name="googlenet",
    title="GoogLeNet",
    year=2014,
    authors="Christian Szegedy, Wei Liu, Yangqing Jia, Pierre Sermanet, Scott Reed, Dragomir Anguelov, "
    "Dumitru Erhan, Vincent Vanhoucke, Andrew Rabinovich",
    paper=Paper("Going deeper with convolutions", "CVPR 2015", "https://arxiv.org/abs/1409.4842"),
    build=googlenet,
    options=(
        Option("form", Choice(("d2l", "small", "torchvision")), "d2l"),
        Option("batch_norm", Choice((False, True)), False, (Need("form", ("d2l", "small")),)),
        WIDTH,
    ),
    input_shape=lambda options: INPUTS[str(options["form"])],
    num_classes=lambda options: 1000 if options["form"] == "torchvision" else 10,
    recipes=(CourseRecipe(0.1, 128, 96), CourseRecipe(0.001, 16, 96, epochs=5, optimizer="adam", source="notes")),
    quick=QuickRecipe(0.0007, 48, 300, init="he"),
    quick_by_dataset={"shapes": QuickRecipe(0.0007, 64, 1250, init="he", options={"batch_norm": True, "width": 0.125})},
)
