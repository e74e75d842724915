"""A definition as JSON for a file, and as a short text for a link; both are checked where they come in."""

from __future__ import annotations

import json
import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from cnnviz.definitions.checks import LONGEST_TITLE, MOST_NODES, check_definition
from cnnviz.definitions.record import NetworkDefinition, Node
from cnnviz.errors import UserError

FORMAT, VERSION = "cnnviz network", 1
LONGEST_TEXT = 1_000_000
"""Characters of the JSON; the largest network of the zoo needs a tenth."""
LONGEST_LINK = 6000
"""Characters in a link: what servers and mail programs pass on."""
_LINK = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_DEEPEST = 6
_FIELDS = frozenset({"format", "version", "title", "input", "output", "keys", "nodes"})


def to_json(definition: NetworkDefinition, *, lines: bool = True) -> str:
    """Return the text of a definition: one list for each node, as short as it can be.

    A node is [operation, inputs, settings, key, line], without the empty ones at its end.
    """
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION}
    if definition.title:
        document["title"] = definition.title
    if definition.input_shape is not None:
        document["input"] = definition.input_shape
    if definition.output is not None:
        document["output"] = definition.output
    if definition.keys:
        document["keys"] = definition.keys
    document["nodes"] = [_node_list(node, lines) for node in definition.nodes]
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _node_list(node: Node, lines: bool) -> list[Any]:
    parts: list[Any] = [node.operation, list(node.inputs), dict(node.settings), node.key, node.line if lines else None]
    while not parts[-1] and len(parts) > 2:
        parts.pop()
    return parts


def from_json(text: str) -> NetworkDefinition:
    """Return the definition that a text holds, checked whole: `from_json(to_json(it))` is `it`.

    Raises:
        UserError: `definition_text` for a text of another form, else as `check_definition`.
    """
    if len(text) > LONGEST_TEXT:
        raise UserError("definition_long", got=len(text), most=LONGEST_TEXT)
    try:
        document = json.loads(text, parse_constant=_refuse, parse_int=_parse_int)
    except (ValueError, RecursionError) as error:
        raise UserError("definition_text") from error
    if not isinstance(document, dict) or document.get("format") != FORMAT or not set(document) <= _FIELDS:
        raise UserError("definition_text")
    if document.get("version") != VERSION:
        raise UserError("definition_version", got=str(document.get("version"))[:20], known=VERSION)
    nodes, keys = document.get("nodes"), document.get("keys", [])
    title, shape, output = document.get("title", ""), document.get("input"), document.get("output")
    if not isinstance(nodes, list) or not isinstance(title, str) or not isinstance(keys, list):
        raise UserError("definition_text")
    if len(nodes) > MOST_NODES:
        raise UserError("definition_nodes", got=len(nodes), most=MOST_NODES)
    if not all(isinstance(key, str) for key in keys) or not (output is None or type(output) is int):
        raise UserError("definition_text")
    return check_definition(
        NetworkDefinition(
            tuple(map(_node, nodes)),
            tuple(shape) if isinstance(shape, list) else shape,
            output,
            tuple(keys),
            title[:LONGEST_TITLE],
        )
    )


def _node(parts: Any) -> Node:
    if not isinstance(parts, list) or not 2 <= len(parts) <= 5:
        raise UserError("definition_text")
    more: list[Any] = [{}, "", None]
    operation, inputs, settings, key, line = [*parts, *more[len(parts) - 2 :]]
    legal = (
        isinstance(operation, str)
        and isinstance(inputs, list)
        and isinstance(settings, dict)
        and isinstance(key, str)
        and (line is None or (type(line) is int and 0 < line < 10**6))
    )
    if not legal:
        raise UserError("definition_text")
    return Node(operation, tuple(inputs), tuple((name, _frozen(value)) for name, value in settings.items()), key, line)


def _frozen(value: Any, depth: int = 0) -> Any:
    """Return lists as tuples."""
    if isinstance(value, list):
        if depth > _DEEPEST:
            raise UserError("definition_text")
        return tuple(_frozen(part, depth + 1) for part in value)
    if isinstance(value, dict):
        raise UserError("definition_text")
    return value


def _refuse(_constant: str) -> Any:
    raise ValueError


def _parse_int(digits: str) -> int:
    if len(digits) > 20:
        raise ValueError
    return int(digits)


def to_link(definition: NetworkDefinition) -> str | None:
    """Return the short text of a definition for a link; None where it is too long for one."""
    return packed_link(to_json(definition, lines=False).encode())


def packed_link(document: bytes) -> str | None:
    """Return the short text of a definition's JSON for a link; None where it is too long for one."""
    packed = zlib.compress(document, 9)
    text = urlsafe_b64encode(packed).decode().rstrip("=")
    return text if len(text) <= LONGEST_LINK else None


def from_link(text: str) -> NetworkDefinition:
    """Return the definition that a link holds; no more is unpacked than a definition may be long.

    Raises:
        UserError: `definition_text` for a text that holds none, else as `from_json`.
    """
    if len(text) > LONGEST_LINK or not _LINK.fullmatch(text):
        raise UserError("definition_link")
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        data = reader.decompress(packed, LONGEST_TEXT)
        if reader.unconsumed_tail or not reader.eof:
            raise UserError("definition_link")
        return from_json(data.decode())
    except (ValueError, zlib.error) as error:
        raise UserError("definition_link") from error
