"""Edits of a definition, tried: does the whole network run?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnnviz.definitions.edit_candidates import CandidateEdit
from cnnviz.definitions.record import IMAGE, NetworkDefinition, Node
from cnnviz.definitions.shape_pass import Shapes, infer_shapes
from cnnviz.definitions.table import OPERATION_TABLE, checked_settings
from cnnviz.errors import UserError

MOST_FOLLOWING = 6
"""Layers behind a change that are adapted to it: a norm to the channels of its convolution."""


def runs_after(definition: NetworkDefinition, shapes: Shapes, edit: CandidateEdit) -> NetworkDefinition | None:
    """Return the network after an edit if it runs then; None if it does not.

    Layers behind that read as many channels as were there before take the new number.
    """
    try:
        changed, first = edited(definition, edit)
    except UserError:
        return None
    known = shapes if first <= len(shapes.given) else None
    result = infer_shapes(changed, shapes.image, known, first)
    for _ in range(MOST_FOLLOWING):
        if result.clash is None or result.broken is None:
            break
        following = _follow(changed, result, edit)
        if following is None:
            return None
        changed = following
        result = infer_shapes(changed, shapes.image, result, result.broken)
    if result.clash is not None or not _ends_alike(definition, changed, result, shapes):
        return None
    return changed


def edited(definition: NetworkDefinition, edit: CandidateEdit) -> tuple[NetworkDefinition, int]:
    """Return the network after an edit, and the first position that differs.

    Raises:
        UserError: a setting that cannot be.
    """
    if edit.insert is not None:
        return inserted(definition, edit.index, edit.insert), edit.index
    changes: dict[int, Node] = {}
    for (index, setting), value in edit.changes.items():
        node = changes.get(index, definition.nodes[index])
        changes[index] = with_setting(node, setting, value)
    return definition.with_nodes(changes), min(changes)


def with_setting(node: Node, setting: str, value: Any) -> Node:
    """Return a node with another value of a setting.

    Raises:
        UserError: a value that cannot be.
    """
    settings = dict(node.settings) | {setting: value}
    return replace(node, settings=checked_settings(OPERATION_TABLE[node.operation], settings))


def inserted(definition: NetworkDefinition, index: int, node: Node) -> NetworkDefinition:
    """Return the network with a node before the one at `index`, which then reads the new one."""
    old = definition.nodes
    source = old[index].inputs[0]
    moved = [replace(one, inputs=tuple(at + (at >= index) for at in one.inputs)) for one in old[index:]]
    moved[0] = replace(moved[0], inputs=(index, *moved[0].inputs[1:]))
    nodes = (*old[:index], replace(node, inputs=(source,)), *moved)
    output = None if definition.output is None else definition.output + (definition.output >= index)
    return replace(definition, nodes=nodes, output=output)


def _follow(definition: NetworkDefinition, shapes: Shapes, edit: CandidateEdit) -> NetworkDefinition | None:
    """Return the network with the layer that breaks now adapted to the edit before it."""
    clash, index = shapes.clash, shapes.broken
    if clash is None or index is None or clash.key not in ("clash_channels", "clash_features"):
        return None
    node = definition.nodes[index]
    operation = OPERATION_TABLE[node.operation]
    got = clash.values.get("got")
    if not operation.reads or operation.name == "Linear" or not isinstance(got, int):
        return None
    is_norm = operation.gives == operation.reads
    if not is_norm and not (edit.spreads and node.operation in ("Conv2d", "ConvTranspose2d")):
        return None
    try:
        return definition.with_node(index, with_setting(node, operation.reads, got))
    except UserError:
        return None


def _ends_alike(before: NetworkDefinition, after: NetworkDefinition, shapes: Shapes, old: Shapes) -> bool:
    """Return whether the network still ends in scores: no edit may leave a map where a layer gave a row."""
    last = shapes.of(after.output_index) if after.output_index != IMAGE else shapes.image
    return len(last) == 1 or len(before.nodes) == old.broken or len(last) == 3
