"""The graph of an ONNX file as it becomes a definition: values by name, constants, layers with their tensors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnviz.definitions.record import IMAGE, Node, Shape
from cnnviz.definitions.shape_pass import node_shape
from cnnviz.definitions.table import OPERATION_TABLE, checked_settings
from cnnviz.errors import UserError

Array = NDArray[Any]
BATCH = "n"
"""Stands for the number of images among sizes."""
Sizes = int | str | tuple[int | str, ...]
"""A number that a file computes from shapes, or a row of them."""


@dataclass
class OnnxGraph:
    """The part of a graph that was read so far."""

    constants: dict[str, Array]
    """By name: initialisers, and outputs of `Constant`."""
    values: dict[str, int]
    """By name: the node that gives a value, or `IMAGE`."""
    readers: Counter[str]
    """How many nodes and outputs read a value."""
    image: Shape = ()
    sizes: dict[str, Sizes] = field(default_factory=dict)
    """By name: numbers computed from shapes, the number of images among them."""
    nodes: list[Node] = field(default_factory=list)
    state: dict[str, Array] = field(default_factory=dict)
    """The tensors of layers, as `state_dict` names them."""
    counts: Counter[str] = field(default_factory=Counter)
    _shapes: list[Shape] = field(default_factory=list)

    def add(self, operation: str, inputs: tuple[int, ...], key: str = "", **settings: Any) -> int:
        """Add a node and return its position."""
        self.nodes.append(Node(operation, inputs, tuple(settings.items()), key))
        return len(self.nodes) - 1

    def shape_of(self, index: int) -> Shape:
        """Return the shape that a node gives for one image.

        Raises:
            UserError: a node that cannot be, or that cannot read its input.
        """
        for node in self.nodes[len(self._shapes) : index + 1]:
            operation = OPERATION_TABLE[node.operation]
            settings = checked_settings(operation, dict(node.settings))
            read = [self.image if source == IMAGE else self._shapes[source] for source in node.inputs]
            self._shapes.append(node_shape(operation, Node(node.operation, node.inputs, settings), read)[1])
        return self.image if index == IMAGE else self._shapes[index]

    def layer(self, operation: str, source: int, name: str, tensors: Mapping[str, Array], **settings: Any) -> int:
        """Add a layer with its tensors and return its position; its key is made here."""
        self.counts[name] += 1
        key = f"{name}{self.counts[name]}"
        self.state |= {f"{key}.{tensor}": array for tensor, array in tensors.items()}
        return self.add(operation, (source,), key, **settings)


@dataclass(frozen=True)
class OnnxCall:
    """One node of an ONNX file: its names, its attributes as plain values, and the graph around it."""

    graph: OnnxGraph
    kind: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Any]

    def refuse(self, why: str) -> UserError:
        """Return why this node cannot be read."""
        return UserError("onnx_node", operation=self.kind, setting=why)

    def source(self, place: int = 0) -> int:
        """Return the node that gives an input.

        Raises:
            UserError: `onnx_node` for a constant or an input that is not there.
        """
        name = self.inputs[place] if place < len(self.inputs) else ""
        if name not in self.graph.values:
            raise self.refuse(f"input {place + 1}")
        return self.graph.values[name]

    def constant(self, place: int) -> Array | None:
        """Return an input that is a constant; None where it is left out.

        Raises:
            UserError: `onnx_node` for one that is computed.
        """
        name = self.inputs[place] if place < len(self.inputs) else ""
        if not name:
            return None
        if name not in self.graph.constants:
            raise self.refuse(f"input {place + 1}")
        return self.graph.constants[name]

    def needed(self, place: int, dims: tuple[int, ...] = ()) -> Array:
        """Return an input that must be a constant, of as many dimensions as one of `dims`, where any are given.

        Raises:
            UserError: `onnx_node`.
        """
        found = self.constant(place)
        if found is None or (dims and found.ndim not in dims):
            raise self.refuse(f"input {place + 1}")
        return found

    def wholes(self, attribute: str, place: int | None = None) -> list[int] | None:
        """Return whole numbers of an attribute, or of a constant input; None where neither is there."""
        if attribute in self.attributes:
            value = self.attributes[attribute]
            return [int(one) for one in value] if isinstance(value, list) else [int(value)]
        found = None if place is None else self.constant(place)
        return None if found is None else [int(one) for one in np.atleast_1d(found).ravel()[:16]]

    def sizes(self, place: int) -> Sizes | None:
        """Return an input that was computed from shapes, or is constant whole numbers; None for any other."""
        name = self.inputs[place] if place < len(self.inputs) else ""
        if name in self.graph.sizes:
            return self.graph.sizes[name]
        found = self.graph.constants.get(name)
        if found is None or found.dtype.kind != "i" or found.ndim > 1 or found.size > 16:
            return None
        return int(found) if found.ndim == 0 else tuple(int(one) for one in found)

    def real(self, attribute: str, usual: float) -> float:
        """Return a number of an attribute."""
        return float(self.attributes.get(attribute, usual))

    def whole(self, attribute: str, usual: int) -> int:
        """Return a whole number of an attribute."""
        return int(self.attributes.get(attribute, usual))
