"""A network on the images and the classes of a set: the check, and the numbers that adapt it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnnviz.definitions.checks import check_image_shape
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node, Shape
from cnnviz.definitions.shape_clash import times
from cnnviz.definitions.shape_pass import Shapes, filled_definition, infer_shapes, node_title
from cnnviz.definitions.table import OPERATION_TABLE
from cnnviz.definitions.tried_edits import with_setting
from cnnviz.errors import UserError


@dataclass(frozen=True, slots=True)
class ChangedNumber:
    """One setting of one layer that was adapted."""

    layer: str
    """As `node_title` names it."""
    setting: str
    before: int
    after: int


def check_fits(definition: NetworkDefinition, image: Shape, num_classes: int, images: str) -> Shapes:
    """Return the shapes of a network on images (C, H, W) of the set called `images`, which has `num_classes` classes.

    Raises:
        UserError: `own_fit_images` where it breaks on them, `own_fit_classes` for another number of scores.
    """
    shapes = infer_shapes(definition, check_image_shape(image))
    if shapes.clash is not None:
        node = definition.nodes[shapes.clash.node or 0]
        raise UserError(
            "own_fit_images",
            dataset=images,
            shape=times(image),
            layer=node_title(node),
            arithmetic=shapes.clash.arithmetic,
        )
    scores = shapes.of(definition.output_index)
    if scores != (num_classes,):
        raise UserError("own_fit_classes", dataset=images, got=times(scores), classes=num_classes)
    return shapes


def adapted(
    definition: NetworkDefinition, image: Shape, num_classes: int
) -> tuple[NetworkDefinition, tuple[ChangedNumber, ...]]:
    """Return a network that runs on images (C, H, W) and gives `num_classes` scores, and the numbers that changed.

    Each layer takes the channels or features that reach it, and the last one with weights gives a score a class;
    nothing else is changed.

    >>> from cnnviz.definitions import parse_pytorch
    >>> net = parse_pytorch("net = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))", (1, 28, 28))
    >>> [(one.setting, one.before, one.after) for one in adapted(net, (3, 32, 32), 2)[1]]
    [('in_features', 784, 3072), ('out_features', 10, 2)]

    Raises:
        UserError: a `ShapeClash` of another kind, or `definition_scores` for an output that is no row of scores.
    """
    before = definition
    definition = _reading(definition, check_image_shape(image))
    scores = infer_shapes(definition, image).of(definition.output_index)
    if len(scores) != 1:
        raise UserError("definition_scores", got=times(scores))
    if scores != (num_classes,):
        definition = _giving(definition, image, num_classes)
    return replace(definition, input_shape=check_image_shape(image)), _changes(before, definition)


def _reading(definition: NetworkDefinition, image: Shape) -> NetworkDefinition:
    """Return the network whose layers read what reaches them."""
    known: Shapes | None = None
    first = 0
    for _ in range(len(definition.nodes) + 1):
        shapes = infer_shapes(definition, image, known, first)
        clash, index = shapes.clash, shapes.broken
        if clash is None or index is None:
            break
        node, got = definition.nodes[index], clash.values.get("got")
        reads = OPERATION_TABLE[node.operation].reads
        if clash.key not in ("clash_channels", "clash_features") or not reads or not isinstance(got, int):
            raise clash
        if dict(node.settings).get(reads) == got:
            raise clash
        definition, first = _with_number(definition, index, reads, got)
        known = shapes
    shapes = infer_shapes(definition, image)
    if shapes.clash is not None:  # one layer called with two sizes
        raise shapes.clash
    return filled_definition(definition, shapes)


def _giving(definition: NetworkDefinition, image: Shape, num_classes: int) -> NetworkDefinition:
    """Return the network whose last layer with weights gives a score a class."""
    index = definition.output_index
    while index != IMAGE:
        node = definition.nodes[index]
        gives = OPERATION_TABLE[node.operation].gives
        if gives and gives != OPERATION_TABLE[node.operation].reads:
            changed, _ = _with_number(definition, index, gives, num_classes)
            changed = _reading(changed, image)
            if infer_shapes(changed, image).of(changed.output_index) == (num_classes,):
                return changed
        index = node.inputs[0]
    scores = infer_shapes(definition, image).of(definition.output_index)
    raise UserError("definition_scores", got=times(scores))


def _with_number(definition: NetworkDefinition, index: int, setting: str, value: int) -> tuple[NetworkDefinition, int]:
    """Return the network with another number in a layer, in all of its calls, and the first node that differs."""
    key = definition.nodes[index].key
    calls = [at for at, node in enumerate(definition.nodes) if _is_call(node, definition.nodes[index])] if key else []
    places = calls or [index]
    changes = {at: with_setting(definition.nodes[at], setting, value) for at in places}
    return definition.with_nodes(changes), min(places)


def _is_call(node: Node, layer: Node) -> bool:
    return node.key == layer.key and node.operation == layer.operation


def _changes(before: NetworkDefinition, after: NetworkDefinition) -> tuple[ChangedNumber, ...]:
    found: dict[tuple[str, str], ChangedNumber] = {}
    for old, new in zip(before.nodes, after.nodes, strict=True):
        given = dict(old.settings)
        for name, value in new.settings:
            if name in given and given[name] != value:
                found.setdefault((node_title(new), name), ChangedNumber(node_title(new), name, given[name], value))
    return tuple(found.values())
