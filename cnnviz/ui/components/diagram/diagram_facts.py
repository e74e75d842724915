"""The data of the diagram: the rows and blocks of a trace as plain lists."""

import hashlib
import json
from typing import Any

from cnnviz.figures.layer_words import kind_description, kind_key, kind_name
from cnnviz.text import Text, load
from cnnviz.trace.families import FAMILIES
from cnnviz.trace.folding import fold_blocks
from cnnviz.trace.operations import OPERATIONS
from cnnviz.trace.record import LayerRecord, ReceptiveField, Trace

_WORDS = (
    "tree",
    "image",
    "block",
    "layers_inside",
    "inputs",
    "shape",
    "params",
    "macs",
    "memory",
    "field",
    "hint",
    "hint_layer",
    "hint_block",
    "unfold_all",
    "fold_all",
    "smaller",
    "larger",
    "fit",
)


def diagram_facts(trace: Trace, language: str, selected: str | None = None) -> dict[str, Any]:
    """Return rows, blocks, kinds and words for the browser, in JSON's own types."""
    t, kinds = load("diagram", language), load("kinds", language)
    blocks = fold_blocks(trace)
    place = {id(block): index for index, block in enumerate(blocks)}
    rows = {row.name: index for index, row in enumerate(trace.layers)}
    home = {row.name: block for block in blocks for row in block.rows}  # the innermost comes last
    facts: dict[str, Any] = {
        "language": language,
        "rows": [
            {
                "name": row.name,
                "label": _label(row),
                "kind": kind_key(row),
                "family": row.family,
                "letter": layer_letter(row),
                "symbol": _symbol(row),
                "block": place[id(home[row.name])] if row.name in home else -1,
                "inputs": [rows.get(name, -1) for name in row.inputs],
                "shape": list(row.shape),
                "params": row.num_params,
                "macs": row.macs,
                "bytes": row.activation_bytes,
                "field": field_text(row.receptive_field, t),
            }
            for row in trace.layers
        ],
        "blocks": [
            {
                "path": block.path,
                "label": block.label,
                "times": block.times,
                "parent": place[id(block.parent)] if block.parent else -1,
                "layers": len(block.rows),
                "shape": list(block.rows[-1].shape),
                "params": sum(row.num_params for row in block.rows),
                "macs": sum(row.macs for row in block.rows),
                "bytes": block.rows[-1].activation_bytes,
                "field": field_text(block.rows[-1].receptive_field, t),
            }
            for block in blocks
        ],
        "kinds": {
            kind_key(row): {"name": kind_name(row, kinds), "what": kind_description(row, kinds)} for row in trace.layers
        },
        "families": {name: kinds(f"family.{name}") for name in FAMILIES},
        "words": {word: t(word) for word in _WORDS}
        | {"input": t("input", shape="×".join(map(str, trace.input_shape)))},
    }
    facts["identity"] = _digest([list(rows), [block.path for block in blocks]])
    facts["version"] = _digest(facts)
    facts["selected"] = selected
    return facts


def _label(row: LayerRecord) -> str:
    """Return the name of a row within its block; a number, as `nn.Sequential` gives, with the layer's class."""
    name = row.name.removeprefix(f"{row.block}.")
    return f"{name} {row.kind}" if name.isdigit() else name


def layer_letter(row: LayerRecord) -> str:
    """Return the sign of a layer's operation or the letter of its family, the same in every language."""
    return _symbol(row) or FAMILIES[row.family]


def _symbol(row: LayerRecord) -> str | None:
    operation = OPERATIONS.get(row.operation)
    return None if operation is None else operation.symbol


def field_text(seen: ReceptiveField, t: Text) -> str:
    """Return the receptive field as height × width in pixels, or in words where it is no window."""
    if seen.size is not None:
        return f"{seen.size[0]}×{seen.size[1]}"
    return t("field_global") if seen.extent == "global" else t("field_unknown", reason=seen.reason)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
