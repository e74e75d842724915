"""A network as data: a list of nodes, each an operation of the project's own table with literal settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int, ...]
"""Of one image's part: (C, H, W), or (F,) once flattened."""
OWN = "own"
"""In the place of an architecture: a network of the user's own."""
IMAGE = -1
"""The input of a node that reads the image."""
UNRESOLVED = "…"
"""Stands where a size follows from the shape that a node reads and that shape is not known."""


@dataclass(frozen=True, slots=True)
class Node:
    """One call of one operation."""

    operation: str
    """A key of `OPERATION_TABLE`: "Conv2d", "add"."""
    inputs: tuple[int, ...]
    """Positions of the nodes that it reads; `IMAGE` for the image."""
    settings: tuple[tuple[str, Any], ...] = ()
    """Those that differ from the operation's defaults: numbers, words, flags and tuples of them.

    A number of channels or features that is left out is that of the input, as in a lazy layer.
    """
    key: str = ""
    """Of a layer the dotted path of its weights, one for all calls of it; of a function the block around it."""
    line: int | None = field(default=None, compare=False)
    """The line of the text that it was read from, counted from 1."""

    def setting(self, name: str) -> Any:
        """Return a setting that was given; None for one that was not."""
        return dict(self.settings).get(name)


@dataclass(frozen=True, slots=True)
class NetworkDefinition:
    """The nodes of a network in order of execution; hashable, so that it can be the key of a cache."""

    nodes: tuple[Node, ...]
    input_shape: tuple[int, int, int] | None = None
    """(C, H, W) of the images that it was written for; None where nobody said."""
    output: int | None = None
    """The position of the node that gives the scores; None for the last."""
    keys: tuple[str, ...] = ()
    """Paths of layers in the order in which the network was written with them; those left out follow as they run."""
    title: str = ""

    @property
    def output_index(self) -> int:
        """The position of the node that gives the scores; `IMAGE` for a network without nodes."""
        return len(self.nodes) - 1 if self.output is None else self.output

    def with_node(self, index: int, node: Node) -> NetworkDefinition:
        """Return the network with another node at a position."""
        return self.with_nodes({index: node})

    def with_nodes(self, changes: Mapping[int, Node]) -> NetworkDefinition:
        """Return the network with other nodes at some positions."""
        nodes = tuple(changes.get(index, node) for index, node in enumerate(self.nodes))
        return NetworkDefinition(nodes, self.input_shape, self.output, self.keys, self.title)

    def readers(self) -> dict[int, list[int]]:
        """Return, by position, the nodes that read a node or the image."""
        found: dict[int, list[int]] = {}
        for index, node in enumerate(self.nodes):
            for source in node.inputs:
                found.setdefault(source, []).append(index)
        return found
