"""The nodes of a network while its forward pass is read, each with its shape where that is known."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnviz.definitions.checks import MOST_NODES
from cnnviz.definitions.pytorch.source_error import SourceError
from cnnviz.definitions.pytorch.source_values import (
    BATCH,
    Origin,
    ReadLayer,
    SourceFloat,
    SourceInt,
    TensorRef,
    children,
    is_small,
)
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node, Shape
from cnnviz.definitions.shape_clash import ShapeClash
from cnnviz.definitions.shape_pass import filled, node_shape
from cnnviz.definitions.table import OPERATION_TABLE, checked_settings
from cnnviz.errors import UserError


class StoppedAtClash(Exception):
    """The text asks for a size behind a layer that cannot read its input."""


@dataclass(slots=True)
class WrittenNode:
    """A node with the object of the text that it belongs to."""

    operation: str
    inputs: tuple[int, ...]
    settings: dict[str, Any]
    line: int
    place: Any
    """Of a layer the layer itself, of a function the module whose forward calls it; None at the top."""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    lines: tuple[int, ...] = ()


class GraphWriter:
    """Collects nodes; shapes are followed as far as the image's is known and everything fits."""

    def __init__(self, image: Shape | None) -> None:
        self.image = image
        self.written: list[WrittenNode] = []
        self.shapes: list[Shape | None] = []
        self.modules: list[Any] = []
        """The modules whose forward is being read, the outermost first."""
        self.clash: ShapeClash | None = None
        self.resolved: dict[int, dict[str, Any]] = {}
        """The settings of a layer once it has read something, by `id`."""

    def shape(self, tensor: TensorRef, place: ast.AST) -> Shape:
        """Return the shape of a tensor for one image.

        Raises:
            StoppedAtClash: behind a layer that cannot read its input.
            SourceError: `source_size_unknown` where the image's is not known.
        """
        found = self.image if tensor.index == IMAGE else self.shapes[tensor.index]
        if found is None:
            if self.clash is not None:
                raise StoppedAtClash
            raise SourceError("source_size_unknown", place)
        return found

    def layer(self, layer: ReadLayer, tensor: TensorRef, place: ast.AST) -> TensorRef:
        """Add a call of a layer."""
        settings = self.resolved.get(id(layer), layer.settings)
        node = WrittenNode(
            layer.operation, (tensor.index,), settings, layer.line, layer, layer.origins, layer.lines
        )  # fmt: skip
        made = self._add(node, place)
        self.resolved[id(layer)] = node.settings
        if layer.in_place:
            tensor.index = made.index
        return made

    def function(
        self, operation: str, tensors: Sequence[TensorRef], settings: Mapping[str, Any], place: ast.AST
    ) -> TensorRef:
        """Add a call of a function.

        Raises:
            SourceError: a setting that it does not have or that cannot be.
        """
        origins = origins_of(settings)
        checked = dict(settings_at(operation, plain_settings(settings, place), place))
        inputs = tuple(tensor.index for tensor in tensors)
        around = self.modules[-1] if self.modules else None
        return self._add(
            WrittenNode(operation, inputs, checked, getattr(place, "lineno", 1), around, origins), place
        )  # fmt: skip

    def _add(self, node: WrittenNode, place: ast.AST) -> TensorRef:
        if len(self.written) >= MOST_NODES:
            raise SourceError("source_nodes", place, most=MOST_NODES)
        self.shapes.append(self._shape_of(node))
        self.written.append(node)
        return TensorRef(len(self.written) - 1)

    def _shape_of(self, node: WrittenNode) -> Shape | None:
        shapes = [self.image if index == IMAGE else self.shapes[index] for index in node.inputs]
        if self.clash is not None or any(shape is None for shape in shapes):
            return None
        known = [shape for shape in shapes if shape is not None]
        operation = OPERATION_TABLE[node.operation]
        whole = filled(operation, Node(node.operation, node.inputs, tuple(node.settings.items())), known)
        node.settings = dict(whole.settings)
        try:
            return node_shape(operation, whole, known)[1]
        except ShapeClash as clash:
            self.clash = clash
            return None

    def definition(self, root: Any, output: TensorRef, title: str) -> NetworkDefinition:
        """Return the nodes as a definition, with the paths that the modules have below `root`."""
        paths = module_paths(root)
        nodes: list[Node] = []
        loose: dict[int, str] = {}
        for node in self.written:
            is_layer = OPERATION_TABLE[node.operation].is_layer
            key = "" if node.place is None else paths.get(id(node.place), "")
            if is_layer and not key:  # the network itself, or a layer that no module holds
                key = loose.setdefault(id(node.place), f"layer{len(loose) + 1}")
            settings = checked_settings(OPERATION_TABLE[node.operation], node.settings)
            nodes.append(Node(node.operation, node.inputs, settings, key, node.line))
        run = [*dict.fromkeys(node.key for node in nodes if OPERATION_TABLE[node.operation].is_layer)]
        places = {path: place for place, path in enumerate(paths.values())}
        keys = tuple(sorted(run, key=lambda key: places.get(key, len(places))))
        last = output.index if output.index != len(nodes) - 1 else None
        return NetworkDefinition(tuple(nodes), self.image, last, keys if list(keys) != run else (), title)  # type: ignore[arg-type]


def module_paths(root: Any) -> dict[int, str]:
    """Return the dotted path of every module below `root`, by `id`; a module held twice has its first."""
    found: dict[int, str] = {}
    waiting = [(root, "")]
    while waiting:
        module, path = waiting.pop()
        if id(module) in found:
            continue
        found[id(module)] = path
        taken: set[str] = set()
        inner = [(child, f"{path}.{plain_name(name, taken)}".lstrip(".")) for name, child in children(module).items()]
        waiting.extend(reversed(inner))
    return found


def plain_name(name: str, taken: set[str]) -> str:
    """Return a name that a module may have, as near to the text's as it can be, and note it in `taken`."""
    from cnnviz.definitions.checks import TAKEN_NAMES

    plain_text = "".join(one if one.isascii() and (one.isalnum() or one == "_") else "_" for one in name)[:40] or "_"
    if plain_text[0].isdigit() and not plain_text.isdigit():
        plain_text = f"_{plain_text}"
    while plain_text in TAKEN_NAMES or plain_text in taken:
        plain_text += "_"
    taken.add(plain_text)
    return plain_text


def settings_at(operation: str, settings: Mapping[str, Any], place: ast.AST) -> tuple[tuple[str, Any], ...]:
    """Return checked settings.

    Raises:
        SourceError: `source_setting`, `source_setting_missing` or `source_setting_value`.
    """
    try:
        return checked_settings(OPERATION_TABLE[operation], settings)
    except SourceError:
        raise
    except UserError as error:
        values = {name: value for name, value in error.values.items() if name not in ("line", "column")}
        raise SourceError(f"source_{error.key.removeprefix('definition_')}", place, **values) from error


def origins_of(settings: Mapping[str, Any]) -> dict[str, Origin]:
    """Return where the literals of settings stand; those inside a tuple as "sizes[1]"."""
    found: dict[str, Origin] = {}
    for name, value in settings.items():
        parts = [(f"{name}[{at}]", part) for at, part in enumerate(value)] if isinstance(value, tuple | list) else []
        for whole, part in ((name, value), *parts):
            if isinstance(part, SourceInt | SourceFloat) and hasattr(part, "origin"):
                found[whole] = part.origin
    return found


def plain_settings(settings: Mapping[str, Any], place: ast.AST) -> dict[str, Any]:
    """Return settings as they stand in a definition.

    Raises:
        SourceError: `source_list`.
    """
    if not is_small(list(settings.values())):
        raise SourceError("source_list", place, most=4096)
    return {name: plain(value) for name, value in settings.items()}


def plain(value: Any) -> Any:
    """Return numbers without their places, lists as tuples, and the number of images as "n"."""
    if value is BATCH:
        return "n"
    if isinstance(value, SourceInt):
        return int(value)
    if isinstance(value, SourceFloat):
        return float(value)
    if isinstance(value, tuple | list):
        return tuple(map(plain, value))
    return value
