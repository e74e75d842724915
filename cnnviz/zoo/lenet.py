"""LeNet: convolutions and pooling find the parts of a digit, dense layers name it."""

from collections import OrderedDict
from types import MappingProxyType

from torch import nn

from cnnviz.options import Choice, Need, Option, Real, Whole
from cnnviz.zoo.architecture_record import Architecture, CourseRecipe, Paper, QuickRecipe, Shape
from cnnviz.zoo.batch_norm import AFTER_CONVOLUTION, AFTER_DENSE
from cnnviz.zoo.builder_tools import scale_channels, shape_after
from cnnviz.zoo.common_options import WIDTH

CHANNELS = (6, 16, 120)
HIDDEN = (120, 84)
POOLS = {"avg": nn.AvgPool2d, "max": nn.MaxPool2d}
ACTIVATIONS = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}


def lenet(
    input_shape: Shape = (1, 28, 28),
    num_classes: int = 10,
    *,
    pool: str = "avg",
    padding: int = 2,
    activation: str = "sigmoid",
    batch_norm: str = "none",
    dropout: float = 0.0,
    kernel: int = 5,
    conv_layers: int = 2,
    dense_layers: int = 3,
    width: float = 1.0,
) -> nn.Sequential:
    """Return stages of convolution and pooling, then dense layers: (N, C, H, W) -> (N, num_classes).

    `padding` is the first convolution's. A third stage has the 120 maps of LeNet-5's C5, padded so that
    28 × 28 leaves it pixels. Batch normalization stands before each activation, dropout after those of the
    hidden dense layers.
    """

    def trunk() -> OrderedDict[str, nn.Module]:
        layers: OrderedDict[str, nn.Module] = OrderedDict()
        channels = input_shape[0]
        for number, maps in enumerate(CHANNELS[:conv_layers], start=1):
            made = scale_channels(maps, width)
            pixels = {1: padding, 2: 0, 3: kernel // 2}[number]
            layers[f"conv{number}"] = nn.Conv2d(channels, made, kernel_size=kernel, padding=pixels)
            if batch_norm != "none":
                layers[f"bn{number}"] = AFTER_CONVOLUTION[batch_norm](made)
            layers[f"{activation}{number}"] = ACTIVATIONS[activation]()
            layers[f"pool{number}"] = POOLS[pool](2)
            channels = made
        layers["flatten"] = nn.Flatten()
        return layers

    (features,) = shape_after(lambda: nn.Sequential(trunk()), input_shape)
    layers = trunk()
    for number, units in enumerate(HIDDEN[: dense_layers - 1], start=1):
        after = conv_layers + number
        layers[f"fc{number}"] = nn.Linear(features, units)
        if batch_norm != "none":
            layers[f"bn{after}"] = AFTER_DENSE[batch_norm](units)
        layers[f"{activation}{after}"] = ACTIVATIONS[activation]()
        if dropout:
            layers[f"dropout{number}"] = nn.Dropout(dropout)
        features = units
    layers[f"fc{dense_layers}"] = nn.Linear(features, num_classes)
    return nn.Sequential(layers)


LENET = Architecture(
    name="lenet",
    title="LeNet",
    year=1998,
    authors="Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner",
    paper=Paper(
        "Gradient-based learning applied to document recognition",
        "Proceedings of the IEEE 86(11)",
        "https://doi.org/10.1109/5.726791",
    ),
    build=lenet,
    options=(
        Option("pool", Choice(("avg", "max")), "avg"),
        Option("padding", Choice((2, 0)), 2),
        Option("activation", Choice(("sigmoid", "tanh", "relu")), "sigmoid"),
        Option("batch_norm", Choice(("none", "full", "mean", "variance", "fixed")), "none"),
        Option("dropout", Real(0, 0.9), 0.0, (Need("dense_layers", (3, 2)),)),
        Option("kernel", Whole(1, 11), 5),
        Option("conv_layers", Choice((2, 1, 3)), 2),
        Option("dense_layers", Choice((3, 1, 2)), 3),
        WIDTH,
    ),
    input_shape=lambda options: (1, 28, 28),
    num_classes=lambda options: 10,
    recipes=(
        CourseRecipe(0.9, 256, 28),
        CourseRecipe(1.0, 256, 28, options=MappingProxyType({"batch_norm": "full", "padding": 0})),
    ),
    quick=QuickRecipe(0.005, 28, 1500),
    quick_by_dataset={
        "shapes": QuickRecipe(0.003, 32, 1250, init="he", options={"activation": "relu", "pool": "max"}),
    },
)
