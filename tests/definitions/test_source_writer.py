"""The text that is written of a definition is read as the same network, also of one that breaks."""

import pytest

from cnnviz.definitions import NetworkDefinition, Node, diagnose, parse_pytorch
from cnnviz.definitions.shape_pass import infer_shapes
from cnnviz.definitions.source_writer import class_source, to_source

SHAPE = (3, 32, 32)
BRANCHES = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.LazyConv2d(16, 3, padding=1)
        self.left = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.right = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(16, 16, 1))
        self.fc = nn.Linear(48, 10)
    def forward(self, x):
        x = F.relu(self.stem(x))
        y = torch.cat((self.bn(self.left(x)), self.right(x)), dim=1)
        a, b = y.chunk(2, dim=1)
        z = torch.cat([a * torch.sigmoid(b), x + 1, 2 - x.mean(dim=1, keepdim=True) * x], 1)
        z = F.dropout(F.avg_pool2d(z, 8)[:, :, ::2], 0.3, self.training)
        z = z.mean(dim=(2, 3)).view(x.size(0), -1)
        return torch.log_softmax(self.fc(z), dim=1)
"""


def same(one: NetworkDefinition, other: NetworkDefinition) -> None:
    assert [(node.operation, node.inputs, node.settings) for node in one.nodes] == [
        (node.operation, node.inputs, node.settings) for node in other.nodes
    ]
    assert one.output_index == other.output_index
    assert infer_shapes(one, SHAPE).given == infer_shapes(other, SHAPE).given


@pytest.mark.parametrize("write", [to_source, class_source])
def test_a_network_with_branches_and_functions_is_read_back(write: object) -> None:
    network = diagnose(parse_pytorch(BRANCHES, SHAPE)).definition
    same(diagnose(parse_pytorch(write(network), SHAPE)).definition, network)  # type: ignore[operator]


def test_a_network_that_breaks_is_written_with_its_break() -> None:
    text = "net = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.Flatten(), nn.Linear(1050, 84), nn.Linear(84, 10))"
    network = parse_pytorch(text, SHAPE)
    written = to_source(network)
    found = diagnose(parse_pytorch(written, SHAPE))
    assert found.clash is not None
    assert found.clash.arithmetic == "32·30·30 = 28800 ≠ 1050"
    assert "Linear(1050, 84)" in written.splitlines()[(found.definition.nodes[3].line or 0)] or "1050" in written


def test_a_layer_called_twice_and_an_output_before_the_end_are_written() -> None:
    conv = Node("Conv2d", (-1,), (("in_channels", 3), ("out_channels", 3), ("kernel_size", 1)), "conv")
    nodes = (conv, Node("relu", (0,)), Node("Conv2d", (1,), conv.settings, "conv"), Node("tanh", (2,)))
    network = NetworkDefinition(nodes, SHAPE)
    same(parse_pytorch(to_source(network), SHAPE), network)
    assert to_source(network).count("nn.Conv2d") == 1
