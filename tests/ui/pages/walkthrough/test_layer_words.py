"""What the walkthrough says of a layer is true of it."""

import pytest
import torch
from torch import nn

from cnnviz.trace import trace
from cnnviz.ui.pages.walkthrough.layer_words import works_element_by_element

LAYERS = [
    (nn.ReLU(), True),
    (nn.Sigmoid(), True),
    (nn.Hardswish(), True),
    (nn.Dropout(0.5), True),
    (nn.PReLU(), False),  # learns its slope
    (nn.BatchNorm2d(4), False),  # learns a scale and a shift
    (nn.LocalResponseNorm(5), False),  # reads the neighbouring channels
    (nn.ChannelShuffle(2), False),
    (nn.Conv2d(4, 4, 3, padding=1), False),
    (nn.MaxPool2d(3, 1, 1), False),
    (nn.Softmax(dim=1), False),
]


@pytest.mark.parametrize(("layer", "expected"), LAYERS, ids=lambda value: type(value).__name__)
def test_a_layer_is_called_elementwise_where_each_number_depends_on_one_and_nothing_is_learned(
    layer: nn.Module, expected: bool
) -> None:
    record = trace(nn.Sequential(layer), (4, 6, 6)).layers[0]
    assert works_element_by_element(record) == expected
    image = torch.rand(1, 4, 6, 6)
    others = image + 1
    others[0, 1, 2, 3] = image[0, 1, 2, 3]
    alone = torch.equal(layer.eval()(image)[0, 1, 2, 3], layer(others)[0, 1, 2, 3])
    learns = any(True for _ in layer.parameters())
    assert expected == (alone and not learns)


def test_dense_layers_of_equal_width_are_not_called_elementwise() -> None:
    assert not works_element_by_element(trace(nn.Sequential(nn.Flatten(), nn.Linear(16, 16)), (1, 4, 4)).layers[1])
