"""A network of torch becomes a definition with its own names, weights and outputs."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnviz.definitions import build
from cnnviz.definitions.traced_definition import definition_of
from cnnviz.definitions.weights_form import definition_in, to_safetensors
from cnnviz.errors import UserError
from cnnviz.trace import trace
from cnnviz.zoo import ARCHITECTURES
from cnnviz.zoo import build as build_zoo
from tests.definitions.test_zoo_round_trip import SMALL, THIN


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_network_of_the_zoo_keeps_its_names_weights_and_outputs(name: str) -> None:
    size = 28 if name in ("lenet", "alexnet") else 96
    entry, options = ARCHITECTURES[name], SMALL.get(name, THIN)
    shape = (entry.input_shape(entry.resolve(options))[0], size, size)
    model = build_zoo(name, options, shape, 7, seed=3)
    definition = definition_in(to_safetensors(definition_of(model, shape), model.state_dict()))
    network = build(definition)
    assert [*network.state_dict()] == [*model.state_dict()]
    network.load_state_dict(model.state_dict())
    image = torch.randn(2, *shape)
    with torch.no_grad():
        assert torch.equal(network(image), model(image))
    assert [(row.name, row.kind, row.shape, row.macs) for row in trace(network, shape).layers] == [
        (row.name, row.kind, row.shape, row.macs) for row in trace(model, shape).layers
    ]


class Joined(nn.Module):
    """Functions, methods, several outputs and an index."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.LayerNorm((8, 8))
        self.fc = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        left, right = self.norm(self.a(x)).chunk(2, dim=1)
        y = torch.cat((left * right.sigmoid(), 2 - right[:, 1:2].expand_as(right)), 1)
        y = F.dropout(F.avg_pool2d(y.relu_(), y.size(-1)), 0.5, self.training)
        return self.fc(y.view(y.size(0), -1))


def test_functions_and_methods_are_followed() -> None:
    model = Joined().eval()
    network = build(definition_of(model, (3, 8, 8)))
    network.load_state_dict(model.state_dict())
    image = torch.randn(3, 3, 8, 8)
    with torch.no_grad():
        torch.testing.assert_close(network(image), model(image))


class Odd(nn.Module):
    """A function that the table does not have."""

    def forward(self, x: torch.Tensor) -> Any:
        return x.cumsum(1)


def test_what_the_table_does_not_have_is_refused_by_its_name() -> None:
    with pytest.raises(UserError, match="cumsum"):
        definition_of(Odd(), (1, 8, 8))
