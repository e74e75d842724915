"""The depth in a network's name is the depth that the trace counts."""

import pytest

from cnnviz.trace.api import trace
from cnnviz.zoo import build


@pytest.mark.parametrize(
    ("name", "options", "layers"),
    [
        ("lenet", {}, 5),
        ("alexnet", {}, 8),
        ("vgg", {"config": "A"}, 11),
        ("vgg", {"config": "E"}, 19),
        ("nin", {}, 12),
        ("resnet", {}, 18),
        ("resnet", {"depth": 34}, 34),
        ("resnet", {"form": "torchvision", "depth": 50}, 50),
        ("resnet", {"form": "torchvision", "depth": 152}, 152),
        ("densenet", {"form": "torchvision", "depth": 121}, 121),
        ("googlenet", {}, 22),
        ("mobilenet", {}, 28),
    ],
)
def test_the_longest_path_has_as_many_weighted_layers_as_the_name_says(name: str, options: dict, layers: int) -> None:
    shape = (3 if "torchvision" in options.values() else 1, 224, 224)
    model = build(name, options, shape, device="meta")
    assert trace(model, shape).depth == layers
