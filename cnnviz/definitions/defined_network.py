"""A definition as a network of torch: modules and functions of the table, called in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import torch
from torch import Tensor, nn

from cnnviz.definitions.checks import USUAL_LIMITS, DefinitionLimits, check_definition, fitting_shapes
from cnnviz.definitions.function_table import FOLLOWS_MODE
from cnnviz.definitions.record import NetworkDefinition, Node, Shape
from cnnviz.definitions.table import OPERATION_TABLE

_seeding = Lock()


@dataclass(frozen=True, slots=True)
class NodeCall:
    """One node, ready to run."""

    inputs: tuple[int, ...]
    path: tuple[str, ...]
    """Of a layer its place among the modules; of a function the block that it is called in."""
    function: Callable[..., Tensor] | None
    """None for a layer."""
    settings: Mapping[str, Any]
    done: tuple[int, ...]
    """Outputs that nobody reads afterwards."""


class DefinedBlock(nn.Module):
    """Layers below one name; it is called with each function that the definition has inside it."""

    def forward(self, call: Callable[..., Tensor], settings: Mapping[str, Any], *read: Tensor) -> Tensor:
        """Return what a function gives."""
        return call(settings, *read)


class DefinedNetwork(nn.Module):
    """A network from a definition: (N, C, H, W) -> what its last node gives."""

    def __init__(self, steps: tuple[NodeCall, ...], output: int) -> None:
        super().__init__()
        self.steps = steps
        self.output = output

    def forward(self, image: Tensor) -> Tensor:
        """Run every node in order."""
        values: dict[int, Tensor] = {-1: image}
        for index, step in enumerate(self.steps):
            read = [values[source] for source in step.inputs]
            module: Any = self
            for name in step.path:
                module = module._modules[name]
            if step.function is None:
                values[index] = module(*read)
            else:
                settings = step.settings
                if settings.get(FOLLOWS_MODE, True) is None:
                    settings = {**settings, FOLLOWS_MODE: self.training}
                called = step.function(settings, *read) if module is self else module(step.function, settings, *read)
                values[index] = called
            for source in step.done:
                del values[source]
        return values[self.output]


def build(
    definition: NetworkDefinition,
    input_shape: Shape | None = None,
    *,
    seed: int = 0,
    device: str = "cpu",
    limits: DefinitionLimits = USUAL_LIMITS,
) -> nn.Module:
    """Return the network with the weights of `seed`, in evaluation mode: (N, C, H, W) -> (N, num_classes).

    What a lazy layer leaves open is taken from `input_shape`, else from the images that the network was written for.
    With `device="meta"` it costs no memory.

    Raises:
        UserError: a node that cannot read its input, or a network beyond `limits`; before anything is allocated.
    """
    definition = check_definition(definition)
    shapes = fitting_shapes(definition, input_shape, limits)
    layers = {node.key: node for node in shapes.nodes if OPERATION_TABLE[node.operation].is_layer}
    keys = [*dict.fromkeys((*definition.keys, *layers))]
    if device == "meta":
        with torch.device("meta"):
            return _assembled(definition, shapes.nodes, layers, keys)
    with _seeding, torch.random.fork_rng(devices=[]), torch.device(device):
        torch.manual_seed(seed)
        return _assembled(definition, shapes.nodes, layers, keys)


def _assembled(
    definition: NetworkDefinition, nodes: tuple[Node, ...], layers: Mapping[str, Node], keys: list[str]
) -> nn.Module:
    steps = node_calls(nodes, definition.output_index, layers)
    network = DefinedNetwork(steps, definition.output_index)
    for key in keys:
        *blocks, name = key.split(".")
        place: nn.Module = network
        for block in blocks:
            if block not in place._modules:
                place.add_module(block, DefinedBlock())
            inner = place._modules[block]
            assert inner is not None
            place = inner
        place.add_module(name, make_layer(layers[key]))
    return network.eval()


def make_layer(node: Node) -> nn.Module:
    """Return the module of a layer's node, whose settings are all known."""
    operation = OPERATION_TABLE[node.operation]
    assert operation.layer is not None
    return operation.layer(**dict(node.settings))


def node_calls(nodes: tuple[Node, ...], output: int, layers: Mapping[str, Node]) -> tuple[NodeCall, ...]:
    """Return the call of each node of a network with `layers` by their keys."""
    last: dict[int, int] = {}
    for index, node in enumerate(nodes):
        last.update(dict.fromkeys((index, *node.inputs), index))
    last[output] = len(nodes)
    done: dict[int, list[int]] = {}
    for source, at in last.items():
        done.setdefault(at, []).append(source)
    blocks = {key.rsplit(".", count)[0] for key in layers for count in range(1, key.count(".") + 1)}
    steps = []
    for index, node in enumerate(nodes):
        operation = OPERATION_TABLE[node.operation]
        path = node.key
        while not operation.is_layer and path and path not in blocks:  # a block without layers is none here
            path = path.rpartition(".")[0]
        settings = {} if operation.is_layer else told_settings(node)
        parts = tuple(path.split(".")) if path else ()
        steps.append(NodeCall(node.inputs, parts, operation.function, settings, tuple(done.get(index, ()))))
    return tuple(steps)


def told_settings(node: Node) -> dict[str, Any]:
    """Return the settings that a function is called with: those that were given, for others torch has its own."""
    operation = OPERATION_TABLE[node.operation]
    given = operation.full(dict(node.settings))
    return {name: value for name, value in given.items() if value is not None or name in _TOLD_NONE}


_TOLD_NONE = frozenset({FOLLOWS_MODE, "dim", "stride"})
