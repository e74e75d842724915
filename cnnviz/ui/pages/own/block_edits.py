"""Edits of a network as a list of blocks: add, duplicate, move, delete, another kind, settings or inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cnnviz.definitions import NetworkDefinition, Node
from cnnviz.definitions.checks import check_definition
from cnnviz.definitions.table import find_operation
from cnnviz.errors import UserError

ADDED = "ReLU"
"""The kind of a block that is added, until another is chosen."""
_SETTING = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(\([^()]*\)|[^,()=]+?)\s*(?:,|$)", re.ASCII)
_WORDS = {"True": True, "False": False, "None": None}


def added(network: NetworkDefinition, index: int, node: Node | None = None) -> NetworkDefinition:
    """Return the network with a block behind the one at `index`, which reads it and is read in its place."""
    node = node or Node(ADDED, ())
    operation = find_operation(node.operation)
    key = free_key(network, node.operation) if operation.is_layer else node.key
    numbers = _shifted(network, index + 1, 1) | {index: index + 1}
    later = [_renumbered(one, numbers) for one in network.nodes[index + 1 :]]
    new = replace(node, inputs=(index, *node.inputs[1:]), key=key, line=None)
    output = None if network.output is None else numbers.get(network.output, network.output)
    return _checked(network, [*network.nodes[: index + 1], new, *later], output)


def duplicated(network: NetworkDefinition, index: int) -> NetworkDefinition:
    """Return the network with a second block of the same kind and settings behind one; a layer has its own weights."""
    return added(network, index, network.nodes[index])


def deleted(network: NetworkDefinition, index: int) -> NetworkDefinition:
    """Return the network without a block; what read it reads its first input.

    Raises:
        UserError: `definition_nodes` for the last block that is left.
    """
    numbers = _shifted(network, index + 1, -1) | {index: network.nodes[index].inputs[0]}
    nodes = [_renumbered(one, numbers) for at, one in enumerate(network.nodes) if at != index]
    output = None if network.output is None else max(0, numbers.get(network.output, network.output))
    return _checked(network, nodes, output)


def can_move_up(network: NetworkDefinition, index: int) -> bool:
    """Return whether a block and the one before it can change places: a chain, or neither reads the other."""
    if index < 1:
        return False
    before, node = network.nodes[index - 1], network.nodes[index]
    alone = network.readers().get(index - 1, []) == [index] and len(before.inputs) == len(node.inputs) == 1
    return index - 1 not in node.inputs or (alone and network.output != index - 1)


def moved_up(network: NetworkDefinition, index: int) -> NetworkDefinition:
    """Return the network with a block one place earlier; `can_move_up` tells where that is possible."""
    before, node = network.nodes[index - 1], network.nodes[index]
    nodes = list(network.nodes)
    if index - 1 in node.inputs:  # in a chain the readers stay behind both
        nodes[index - 1] = replace(node, inputs=before.inputs)
        nodes[index] = replace(before, inputs=(index - 1,))
        return _checked(network, nodes, network.output)
    numbers = {index: index - 1, index - 1: index}
    nodes[index - 1], nodes[index] = node, before
    nodes[index + 1 :] = [_renumbered(one, numbers) for one in network.nodes[index + 1 :]]
    output = network.output_index
    return _checked(network, nodes, numbers.get(output, output))


def edited(
    network: NetworkDefinition, index: int, kind: str, settings: Mapping[str, Any], inputs: tuple[int, ...]
) -> NetworkDefinition:
    """Return the network with another kind, settings or inputs of a block.

    Raises:
        UserError: what an operation cannot have.
    """
    node, operation = network.nodes[index], find_operation(kind)
    key = node.key
    if kind != node.operation:
        around = key.rpartition(".")[0] if find_operation(node.operation).is_layer else key
        key = free_key(network, kind) if operation.is_layer else around
    changed = Node(kind, inputs, tuple(settings.items()), key)
    nodes = [
        replace(changed, inputs=one.inputs) if operation.is_layer and one.key == key and at != index else one
        for at, one in enumerate(network.nodes)
    ]  # another call of the same layer follows it
    nodes[index] = changed
    return _checked(network, nodes, network.output)


def free_key(network: NetworkDefinition, kind: str) -> str:
    """Return a name for a new layer: "conv2d", "conv2d_2"."""
    taken = {node.key for node in network.nodes}
    base = name = kind.lower()
    count = 2
    while name in taken or any(one.startswith(f"{name}.") for one in taken):
        name, count = f"{base}_{count}", count + 1
    return name


def parse_settings(text: str) -> dict[str, Any]:
    """Return typed settings; nothing of them is evaluated.

    >>> parse_settings("out_channels=6, kernel_size=(3, 5), bias=False")
    {'out_channels': 6, 'kernel_size': (3, 5), 'bias': False}

    Raises:
        UserError: `own_settings`.
    """
    found: dict[str, Any] = {}
    at, text = 0, text.strip()
    while at < len(text):
        match = _SETTING.match(text, at)
        if match is None:
            raise UserError("own_settings", got=text[at : at + 40])
        value = match[2].strip()
        inner = [part for part in value.strip("()").split(",") if part.strip()]
        found[match[1]] = tuple(map(_literal, inner)) if value.startswith("(") else _literal(value)
        at = match.end()
    return found


def written_settings(node: Node) -> str:
    """Return the settings of a block as they are typed."""
    return ", ".join(f"{name}={value}" for name, value in node.settings)


def parse_inputs(text: str, index: int) -> tuple[int, ...]:
    """Return the blocks that one reads, typed by their numbers from 1; 0 is the image.

    Raises:
        UserError: `own_inputs`.
    """
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() and len(part) < 5 and int(part) <= index for part in parts):
        raise UserError("own_inputs", got=text[:40], most=index)
    return tuple(int(part) - 1 for part in parts)


def written_inputs(node: Node) -> str:
    """Return the blocks that one reads as they are typed."""
    return ", ".join(str(source + 1) for source in node.inputs)


def _literal(text: str) -> Any:
    text = text.strip().strip("\"'")
    if text in _WORDS:
        return _WORDS[text]
    for number in (int, float):
        try:
            return number(text) if len(text) <= 20 else text
        except ValueError:
            continue
    return text[:60]


def _shifted(network: NetworkDefinition, first: int, by: int) -> dict[int, int]:
    return {at: at + by for at in range(first, len(network.nodes))}


def _renumbered(node: Node, numbers: Mapping[int, int]) -> Node:
    return replace(node, inputs=tuple(numbers.get(source, source) for source in node.inputs))


def _checked(network: NetworkDefinition, nodes: list[Node], output: int | None) -> NetworkDefinition:
    names = {node.key for node in nodes}
    keys = tuple(key for key in network.keys if key in names)
    return check_definition(NetworkDefinition(tuple(nodes), network.input_shape, output, keys, network.title), network)
