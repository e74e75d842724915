"""NiN: a small dense network at every pixel, and the mean of each class's map as its score."""

from collections import OrderedDict

from torch import nn

from cnnviz.options import Choice, Option
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.builder_tools import scale_channels, shape_after
from cnnviz.zoo.common_options import WIDTH


def nin(
    input_shape: Shape = (1, 224, 224),
    num_classes: int = 10,
    *,
    one_by_one: int = 2,
    kernel: int = 1,
    head: str = "gap",
    batch_norm: bool = False,
    width: float = 1.0,
) -> nn.Sequential:
    """Return four NiN blocks with pools between, one map per class at the end: (N, C, H, W) -> (N, num_classes).

    The last ReLU stands before the pool, so scores are at least 0. `head="dense"` puts flatten and a dense
    layer in the pool's place.
    """

    def block(in_channels: int, channels: int, size: int, stride: int = 1, padding: int = 0) -> nn.Sequential:
        return nin_block(in_channels, channels, size, stride, padding, one_by_one, kernel, batch_norm=batch_norm)

    def trunk() -> OrderedDict[str, nn.Module]:
        maps1, maps2, maps3 = (scale_channels(channels, width) for channels in (96, 256, 384))
        return OrderedDict(
            block1=block(input_shape[0], maps1, 11, stride=4),
            pool1=nn.MaxPool2d(3, stride=2),
            block2=block(maps1, maps2, 5, padding=2),
            pool2=nn.MaxPool2d(3, stride=2),
            block3=block(maps2, maps3, 3, padding=1),
            pool3=nn.MaxPool2d(3, stride=2),
            dropout=nn.Dropout(0.5),
            block4=block(maps3, num_classes, 3, padding=1),
        )

    if head == "gap":
        return nn.Sequential(trunk() | OrderedDict(gap=nn.AdaptiveAvgPool2d(1), flatten=nn.Flatten()))
    channels, rows, columns = shape_after(lambda: nn.Sequential(trunk()), input_shape)
    return nn.Sequential(
        trunk() | OrderedDict(flatten=nn.Flatten(), fc=nn.Linear(channels * rows * columns, num_classes))
    )


def nin_block(
    in_channels: int,
    channels: int,
    size: int,
    stride: int,
    padding: int,
    mlp_layers: int,
    mlp_kernel: int,
    *,
    batch_norm: bool = False,
) -> nn.Sequential:
    """Return a convolution, then a small network at each pixel: (N, in, H, W) -> (N, channels, H', W')."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for number in range(mlp_layers + 1):
        if number == 0:
            layers["conv"] = nn.Conv2d(in_channels, channels, kernel_size=size, stride=stride, padding=padding)
        else:
            layers[f"mlp{number}"] = nn.Conv2d(channels, channels, mlp_kernel, padding=mlp_kernel // 2)
        if batch_norm:
            layers[f"bn{number + 1}"] = nn.BatchNorm2d(channels)
        layers[f"relu{number + 1}"] = nn.ReLU()
    return nn.Sequential(layers)


_NORMALIZED = {"batch_norm": True, "width": 0.25}

NIN = Architecture(
    name="nin",
    title="NiN",
    year=2013,
    authors="Min Lin, Qiang Chen, Shuicheng Yan",
    paper=Paper("Network in network", "ICLR 2014", "https://arxiv.org/abs/1312.4400"),
    build=nin,
    options=(
        Option("one_by_one", Choice((2, 1, 3)), 2),
        Option("kernel", Choice((1, 3)), 1),
        Option("head", Choice(("gap", "dense")), "gap"),
        Option("batch_norm", Choice((False, True)), False),
        WIDTH,
    ),
    input_shape=lambda options: (1, 224, 224),
    num_classes=lambda options: 10,
    recipes=(CourseRecipe(0.1, 128, 224),),
    quick=QuickRecipe(0.0007, 96, 760, init="he"),
    quick_by_dataset={
        # shapes: behind the last ReLU no score is below zero, and no shape would ever be absent
        "shapes": QuickRecipe(0.0007, 96, 2500, init="he", options={"head": "dense"} | _NORMALIZED),
        "shapes-single": QuickRecipe(0.0007, 96, 1250, init="he", options=_NORMALIZED),
    },
)
