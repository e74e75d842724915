"""Which arm of a sum is the shortcut, told by the graph alone."""

import pytest
from torch import nn

from cnnviz.trace import trace
from cnnviz.trace.explain.shortcut import shortcut_of
from cnnviz.zoo import build

NETWORKS = {
    "resnet": ({}, (1, 96, 96)),
    "resnet torchvision": ({"form": "torchvision", "depth": 50}, (3, 64, 64)),
    "resnet pre": ({"order": "pre"}, (1, 96, 96)),
    "mobilenet": ({"version": "v2"}, (3, 64, 64)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_every_sum_of_a_residual_network_has_its_shortcut_with_the_layers_that_are_called_so(name: str) -> None:
    options, shape = NETWORKS[name]
    facts = trace(build(name.split()[0], options, shape, device="meta"), shape)
    sums = [row for row in facts.layers if row.kind == "add"]
    assert sums
    for row in sums:
        found = shortcut_of(facts, row)
        assert found is not None
        source = row.inputs[found.arm]
        assert (".shortcut." in source) == (found.layers > 0), row.name
        if not found.layers:
            assert source == found.start
        assert ".shortcut." not in row.inputs[1 - found.arm]


def test_two_arms_of_one_length_have_no_shortcut() -> None:
    class Twins(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.left, self.right = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)

        def forward(self, x):
            return self.left(x) + self.right(x)

    facts = trace(Twins(), (1, 4, 4))
    assert shortcut_of(facts, facts.layers[-1]) is None
