"""Each edit of the table of blocks gives the network that it says, and what was there still reads the right block."""

from typing import Any

import pytest

from cnnviz.definitions import NetworkDefinition, definition_of, diagnose, diagnose_source, parse_pytorch
from cnnviz.definitions.source_writer import to_source
from cnnviz.errors import UserError
from cnnviz.ui.pages.own import block_edits
from cnnviz.zoo import ARCHITECTURES
from cnnviz.zoo import build as build_zoo

CHAIN = "net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Sigmoid(), nn.MaxPool2d(2), nn.Flatten(), nn.LazyLinear(10))"
SKIP = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 1, 3, padding=1)
    def forward(self, x):
        return torch.flatten(x + torch.relu(self.conv(x)), 1)
"""


def _net(text: str) -> NetworkDefinition:
    return parse_pytorch(text, (1, 8, 8))


def _kinds(network: NetworkDefinition) -> list[str]:
    return [node.operation for node in network.nodes]


def test_added_duplicated_and_deleted_blocks_stand_in_the_chain() -> None:
    net = _net(CHAIN)
    more = block_edits.added(net, 0)
    assert _kinds(more)[:3] == ["Conv2d", "ReLU", "Sigmoid"]
    assert [node.inputs for node in more.nodes] == [(-1,), (0,), (1,), (2,), (3,), (4,)]
    assert block_edits.deleted(more, 1).nodes == net.nodes
    twice = block_edits.duplicated(net, 2)
    assert _kinds(twice)[2:4] == ["MaxPool2d", "MaxPool2d"]
    assert len({node.key for node in twice.nodes}) == 6
    clash = diagnose(twice).clash
    assert clash is not None
    assert clash.arithmetic == "4·1·1 = 4 ≠ 36"


def test_a_block_moves_up_in_a_chain_and_its_text_follows() -> None:
    moved = block_edits.moved_up(_net(CHAIN), 2)
    assert _kinds(moved)[:3] == ["Conv2d", "MaxPool2d", "Sigmoid"]
    assert _kinds(parse_pytorch(to_source(moved), (1, 8, 8))) == _kinds(moved)
    assert not block_edits.can_move_up(moved, 0)


def test_around_a_sum_readers_keep_their_blocks() -> None:
    net = _net(SKIP)
    assert [node.inputs for node in net.nodes] == [(-1,), (0,), (-1, 1), (2,)]
    less = block_edits.deleted(net, 1)
    assert [node.inputs for node in less.nodes] == [(-1,), (-1, 0), (1,)]
    assert diagnose(less).clash is None
    assert not block_edits.can_move_up(net, 2)


def test_kind_settings_and_inputs_are_typed() -> None:
    settings = block_edits.parse_settings("out_channels=6, kernel_size=(3, 3), bias=False, padding='same'")
    net = block_edits.edited(_net(CHAIN), 0, "Conv2d", settings, (-1,))
    assert diagnose(net).shapes.given[0] == (6, 8, 8)
    changed = block_edits.edited(_net(CHAIN), 1, "relu", {}, block_edits.parse_inputs("1", 1))
    assert changed.nodes[1].operation == "relu"
    assert diagnose(changed).clash is None


@pytest.mark.parametrize("text", ["kernel_size", "3", "a=b=c", "x=(1, (2))", "__import__('os')", "a=1;b=2 c"])
def test_settings_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UserError):
        block_edits.edited(_net(CHAIN), 0, "Conv2d", block_edits.parse_settings(text), (-1,))


@pytest.mark.parametrize("text", ["", "9", "-1", "a", "1;0", "٣"])
def test_inputs_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(UserError):
        block_edits.parse_inputs(text, 2)


FORMS = [*((name, {}) for name in ARCHITECTURES), ("resnet", {"form": "torchvision", "depth": 152})]


@pytest.mark.parametrize(("name", "options", "setting"), [
    *((*form, {"bias": False}) for form in FORMS),
    *((*form, {"in_channels": 7}) for form in FORMS[:-1]),  # the text of the deepest is too long where it breaks
], ids=str)  # fmt: skip
def test_an_edited_network_is_diagnosed_as_the_text_that_is_written_of_it(
    name: str, options: dict[str, Any], setting: dict[str, Any]
) -> None:
    entry = ARCHITECTURES[name]
    shape = entry.input_shape(entry.resolve(options))
    network = definition_of(build_zoo(name, options, shape, device="meta"), shape)
    index = [at for at, node in enumerate(network.nodes) if node.operation == "Conv2d"][1]
    node = network.nodes[index]
    net = block_edits.edited(network, index, "Conv2d", dict(node.settings) | setting, node.inputs)
    found, (_, read) = diagnose(net), diagnose_source(to_source(net), shape)
    assert (found.shapes.given, found.shapes.macs, found.shapes.parameters) == (
        read.shapes.given, read.shapes.macs, read.shapes.parameters,
    )  # fmt: skip
    assert found.broken == read.broken == (index if "in_channels" in setting else None)
    if found.clash is not None and read.clash is not None:
        assert (found.clash.key, found.clash.arithmetic) == (read.clash.key, read.clash.arithmetic)
