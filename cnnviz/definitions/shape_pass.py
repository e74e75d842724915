"""The shapes of every node by arithmetic: no tensor, no torch, nothing allocated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from cnnviz.definitions.operation_record import DefinedOperation
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node, Shape
from cnnviz.definitions.shape_clash import ShapeClash, product
from cnnviz.definitions.table import OPERATION_TABLE

_KEEP_NUMBERS = frozenset({"Flatten", "flatten", "view", "reshape"})
"""Operations that give the numbers they read in another shape."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of a network for one image, up to the node that cannot read its input."""

    image: Shape
    nodes: tuple[Node, ...]
    """With every open number of channels filled in, up to the break."""
    given: tuple[Shape, ...]
    """The shape that each of those nodes gives."""
    macs: tuple[int, ...]
    parameters: tuple[int, ...]
    """Of each node; of a layer that is called again at its first call alone."""
    clash: ShapeClash | None = field(default=None, compare=False)
    """None where every node runs; else why the node behind the last of `given` does not."""

    @property
    def broken(self) -> int | None:
        """The position of the node that cannot read its input; None where every node runs."""
        return None if self.clash is None else len(self.given)

    def of(self, index: int) -> Shape:
        """Return the shape that a node gives, or that of the image."""
        return self.image if index == IMAGE else self.given[index]

    def read_by(self, node: Node) -> list[Shape]:
        """Return the shapes that a node reads."""
        return [self.of(index) for index in node.inputs]


def filled(operation: DefinedOperation, node: Node, shapes: Sequence[Shape]) -> Node:
    """Return a node with its open number of channels or features taken from what it reads."""
    if not operation.reads or not shapes or not shapes[0] or node.setting(operation.reads) is not None:
        return node
    size = shapes[0][-1 if operation.reads == "in_features" else 0]
    return replace(node, settings=((operation.reads, size), *node.settings))


def node_shape(operation: DefinedOperation, node: Node, shapes: Sequence[Shape]) -> tuple[dict[str, Any], Shape]:
    """Return every setting of a node and the shape that it gives.

    Raises:
        ShapeClash: where it cannot read those shapes.
    """
    settings = operation.full(dict(node.settings))
    return settings, operation.shape(settings, shapes)


def infer_shapes(definition: NetworkDefinition, image: Shape, start: Shapes | None = None, first: int = 0) -> Shapes:
    """Return the shapes of a network on an image (C, H, W), up to a node that cannot read its input.

    With `start`, the shapes of the same network before a change at the node `first`, the nodes before it are not
    computed again.
    """
    kept = min(first, len(start.given)) if start is not None else 0
    nodes = list(start.nodes[:kept]) if start is not None else []
    given = list(start.given[:kept]) if start is not None else []
    macs = list(start.macs[:kept]) if start is not None else []
    parameters = list(start.parameters[:kept]) if start is not None else []
    counted = {node.key for node in nodes if OPERATION_TABLE[node.operation].is_layer}
    for index in range(kept, len(definition.nodes)):
        operation = OPERATION_TABLE[definition.nodes[index].operation]
        read = [image if source == IMAGE else given[source] for source in definition.nodes[index].inputs]
        node = filled(operation, definition.nodes[index], read)
        try:
            shape, count, products = _sizes(node.operation, node.settings, tuple(read))
        except ShapeClash as clash:
            explain_clash(clash, index, Shapes(image, (*nodes, node), tuple(given), (), ()), definition)
            return Shapes(image, tuple(nodes), tuple(given), tuple(macs), tuple(parameters), clash)
        nodes.append(node)
        given.append(shape)
        macs.append(products)
        parameters.append(0 if node.key in counted else count)
        counted.add(node.key if operation.is_layer else "")
    return Shapes(image, tuple(nodes), tuple(given), tuple(macs), tuple(parameters))


@lru_cache(maxsize=8192)
def _sizes(name: str, given: tuple[tuple[str, Any], ...], read: tuple[Shape, ...]) -> tuple[Shape, int, int]:
    """Return the shape that an operation gives, its parameters and its multiply-adds; networks repeat themselves."""
    operation = OPERATION_TABLE[name]
    settings, shape = node_shape(operation, Node(name, (), given), read)
    count = 0 if operation.count is None else operation.count(settings)
    return shape, count, 0 if operation.macs is None else operation.macs(settings, read, shape)


def explain_clash(clash: ShapeClash, index: int, shapes: Shapes, definition: NetworkDefinition) -> None:
    """Tell in a clash which node it is, and where its features came from: "32·7·7 = 1568 ≠ 1050"."""
    node = shapes.nodes[index]
    clash.values["layer"] = node_title(node)
    clash.node = index
    if clash.key == "clash_features" and node.inputs:
        source = node.inputs[0]
        while source != IMAGE and len(shapes.of(source)) == 1 and len(definition.nodes[source].inputs) == 1:
            above = definition.nodes[source].inputs[0]
            if definition.nodes[source].operation in _KEEP_NUMBERS:
                source = above
                break
            if shapes.of(above) != shapes.of(source):
                break
            source = above
        counted = product(shapes.of(source)) if len(shapes.of(node.inputs[0])) == 1 else str(clash.values["got"])
        clash.arithmetic = f"{counted} ≠ {clash.values['expected']}"
        clash.values["arithmetic"] = clash.arithmetic


def node_title(node: Node) -> str:
    """Return the name of a node in sentences: "fc1 (Linear)", "add".

    >>> node_title(Node("Linear", (0,), (("out_features", 10),), "head.fc1"))
    'head.fc1 (Linear)'
    """
    return f"{node.key} ({node.operation})" if OPERATION_TABLE[node.operation].is_layer else node.operation


def filled_definition(definition: NetworkDefinition, shapes: Shapes) -> NetworkDefinition:
    """Return the network with every open number of channels filled in as far as shapes are known."""
    return definition.with_nodes(dict(enumerate(shapes.nodes)))
