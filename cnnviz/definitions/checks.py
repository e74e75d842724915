"""The limits of a definition, and the checks of its parts: before anything is built."""

import re
from dataclasses import dataclass
from math import prod

from torch import nn

from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node, Shape
from cnnviz.definitions.shape_pass import Shapes, infer_shapes
from cnnviz.definitions.table import checked_settings, find_operation
from cnnviz.errors import UserError

MOST_NODES = 2000
MOST_INPUTS = 512
LONGEST_KEY = 120
LONGEST_TITLE = 60
LARGEST_SIDE = 1024
LARGEST_CHANNELS = 4096
_KEY = re.compile(r"(?:[A-Za-z_][A-Za-z0-9_]*|\d+)(?:\.(?:[A-Za-z_][A-Za-z0-9_]*|\d+))*", re.ASCII)
TAKEN_NAMES = frozenset(dir(nn.Module())) | {"call", "steps"}
"""Names of parts that would hide what every module has."""


@dataclass(frozen=True, slots=True)
class DefinitionLimits:
    """The sizes that a network may have; a server open to strangers has smaller ones."""

    parameters: int = 1_000_000_000
    macs: int = 100_000_000_000
    """Multiply-adds for one image."""
    values: int = 200_000_000
    """Numbers in the outputs of all nodes for one image."""


USUAL_LIMITS = DefinitionLimits()


def check_definition(definition: NetworkDefinition, before: NetworkDefinition | None = None) -> NetworkDefinition:
    """Return a definition with its settings in their one form; nothing is computed.

    Nodes that are those of `before`, which was checked, are not looked at again.

    Raises:
        UserError: `definition_nodes`, `definition_key`, `definition_inputs`, or as `checked_settings`.
    """
    count = len(definition.nodes)
    if not 1 <= count <= MOST_NODES:
        raise UserError("definition_nodes", got=count, most=MOST_NODES)
    known = () if before is None else before.nodes
    nodes = tuple(
        node if index < len(known) and node is known[index] else _checked(index, node)
        for index, node in enumerate(definition.nodes)
    )
    if not 0 <= definition.output_index < count:
        raise UserError("definition_inputs", layer=nodes[-1].operation, got=definition.output_index)
    _check_keys(nodes, definition.keys)
    shape = None if definition.input_shape is None else check_image_shape(definition.input_shape)
    return NetworkDefinition(nodes, shape, definition.output, definition.keys, definition.title[:LONGEST_TITLE])


def _checked(index: int, node: Node) -> Node:
    operation = find_operation(node.operation)
    few, most = operation.few_inputs, operation.most_inputs
    legal = all(type(source) is int and IMAGE <= source < index for source in node.inputs)
    if not legal or not few <= len(node.inputs) <= min(most, MOST_INPUTS):
        raise UserError("definition_inputs", layer=node.operation, got=list(map(str, node.inputs[:8])) or "–")
    settings = checked_settings(operation, dict(node.settings))
    if most == 2 and few == 1 and (len(node.inputs) == 1) != ("other" in dict(settings)):
        raise UserError("definition_inputs", layer=node.operation, got=len(node.inputs))
    if operation.is_layer and not node.key:
        raise UserError("definition_key", path="", layer=node.operation)
    check_key(node.key)
    return Node(node.operation, tuple(node.inputs), settings, node.key, node.line)


def check_key(key: str) -> None:
    """Raise unless a path is made of plain names that hide no part of a module.

    Raises:
        UserError: `definition_key`.
    """
    if not key:
        return
    names = key.split(".")
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key) or any(name in TAKEN_NAMES for name in names):
        raise UserError("definition_key", path=key[:LONGEST_KEY], layer=names[-1][:LONGEST_KEY])


def _check_keys(nodes: tuple[Node, ...], keys: tuple[str, ...]) -> None:
    layers: dict[str, Node] = {}
    for node in nodes:
        if not find_operation(node.operation).is_layer:
            continue
        first = layers.setdefault(node.key, node)
        if (first.operation, first.settings) != (node.operation, node.settings):
            raise UserError("definition_key", path=node.key, layer=node.operation)
    for key in layers:
        parts = key.split(".")
        if any(".".join(parts[:length]) in layers for length in range(1, len(parts))):
            raise UserError("definition_key", path=key, layer=layers[key].operation)
    if len(keys) > MOST_NODES or not set(keys) <= set(layers):
        raise UserError("definition_key", path=next((key for key in keys if key not in layers), "")[:80], layer="keys")


def check_image_shape(shape: object) -> tuple[int, int, int]:
    """Return (C, H, W).

    Raises:
        UserError: `input_shape`.
    """
    numbers = list(shape) if isinstance(shape, list | tuple) else []
    legal = len(numbers) == 3 and all(type(number) is int and number >= 1 for number in numbers)
    if not legal or numbers[0] > LARGEST_CHANNELS or max(numbers[1:]) > LARGEST_SIDE:
        got = ",".join(map(str, numbers[:8])) if numbers else str(shape)[:40]
        raise UserError("input_shape", got=got, limit=LARGEST_SIDE)
    return numbers[0], numbers[1], numbers[2]


def check_size(shapes: Shapes, limits: DefinitionLimits = USUAL_LIMITS) -> None:
    """Raise where a network is larger than a limit.

    Raises:
        UserError: `definition_large`.
    """
    asked = {
        "parameters": sum(shapes.parameters),
        "macs": sum(shapes.macs),
        "values": sum(map(prod, shapes.given)),
    }
    for name, got in asked.items():
        if got > getattr(limits, name):
            raise UserError(f"definition_large_{name}", got=got, most=getattr(limits, name))


def fitting_shapes(
    definition: NetworkDefinition, image: Shape | None = None, limits: DefinitionLimits = USUAL_LIMITS
) -> Shapes:
    """Return the shapes of a network that runs on `image`, or on the images that it was written for.

    Raises:
        UserError: `definition_no_image`, a `ShapeClash`, or as `check_size`.
    """
    image = image or definition.input_shape
    if image is None:
        raise UserError("definition_no_image")
    shapes = infer_shapes(definition, check_image_shape(image))
    if shapes.clash is not None:
        raise shapes.clash
    check_size(shapes, limits)
    return shapes
